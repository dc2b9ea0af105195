import { Command, Option } from 'commander';
import {
  OperationError,
  collectProof,
  findSubject,
  readProofKey,
  sealProof,
  withStores,
} from '@optout-sync/operations';
import { readConsentPolicies, readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { channelOption, jsonOption } from '../frame/options';
import { recordReveal } from '../frame/phones';
import { readInput } from '../frame/read-input';
import type { Terminal } from '../frame/terminal';
import { release } from '../version';
import { checkFile, type CheckedProof } from './check-file';
import { proofHtml } from './proof-html';
import { proofText } from './proof-text';
import { digestText, nowText } from './proof-words';

interface ProofOptions {
  readonly channel?: Channel;
  readonly workspace?: string;
  readonly json: boolean;
  readonly html: boolean;
  readonly check?: string;
}

/** `proof`: everything that the ledger stores of a phone, with a digest. */
export function proofCommand(terminal: Terminal): Command {
  const command = new Command('proof')
    .description(
      'Everything that is stored of a phone: each message, when it was sent, received and applied, by which software and ' +
        'configuration, and blocked sends. With a digest that --check verifies; PROOF_KEY makes it an HMAC.',
    )
    .argument('[phone]', 'such as +14155550101')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .addOption(jsonOption('print JSON that can be checked').conflicts('html'))
    .addOption(
      new Option('--html', 'print a page for a browser or a printer, that can be checked').default(false),
    )
    .addOption(
      new Option(
        '--check <file>',
        'verify a file that --json or --html wrote; - reads standard input',
      ).conflicts(['channel', 'workspace', 'html']),
    )
    .action(async (phone: string | undefined, options: ProofOptions) => {
      if (options.check !== undefined) {
        if (phone !== undefined) throw new OperationError('options_conflict', '--check takes no phone');
        await check(terminal, options.check, options.json);
      } else if (phone === undefined) {
        throw new OperationError('phone_missing', 'give a phone, or --check and a file');
      } else await print(terminal, phone, options);
    });
  return addExamples(
    command,
    'optout-sync proof +14155550101',
    'optout-sync proof +14155550101 --html > proof.html',
    'optout-sync proof --check proof.html',
  );
}

async function print(terminal: Terminal, phone: string, options: ProofOptions): Promise<void> {
  const { env } = terminal;
  const { channel, workspace, json, html } = options;
  const key = readProofKey(env);
  const subject = findSubject(readRoutes(env), { phone, channel, workspace });
  const policy = readConsentPolicies(env).find(({ name }) => name === subject.workspace)?.policy ?? 'any';
  const records = await withStores(terminal, async (stores) => {
    // It is handed on with the whole number in it.
    await recordReveal(stores, { reveal: true }, 'proof', { ...subject });
    return collectProof(stores, subject, { policy, madeBy: madeBy() });
  });
  const sealed = sealProof(records, key);
  if (json) terminal.out(JSON.stringify(sealed, null, 2));
  else terminal.out(html ? proofHtml(sealed) : proofText(terminal, sealed));
}

async function check(terminal: Terminal, file: string, json: boolean): Promise<void> {
  const checked = checkFile(await readInput(file), readProofKey(terminal.env), madeBy());
  const { sealed, page } = checked;
  if (json) {
    terminal.out(JSON.stringify({ intact: true, page, digest: sealed.digest }, null, 2));
    return;
  }
  const { records, digest } = sealed;
  terminal.out(
    [
      `The records are as they were when the proof was made, ${records.madeAt}, by ${records.madeBy}.`,
      `${records.phone} (${records.channel}, workspace ${records.workspace}): ${nowText(records)}.`,
      ...PAGE_TEXTS[page],
      digestText(digest),
    ].join('\n'),
  );
}

const PAGE_TEXTS: Readonly<Record<CheckedProof['page'], readonly string[]>> = {
  json: [],
  same: ['The page shows what they say.'],
  other_release: [
    'Another release made the page: whether it shows what they say was not checked. `--json` with the release that made it does.',
  ],
};

const madeBy = (): string => `optout-sync ${release()}`;
