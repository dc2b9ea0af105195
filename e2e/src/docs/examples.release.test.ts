import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectSandboxControl } from '@optout-sync/customerio-sandbox';
import { inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import { API_SCOPES } from '@optout-sync/operations';
import { TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import { newCheckout, type Checkout } from '../support/checkout';
import { startLauncher, type Launcher } from '../support/launcher';
import { exampleCommands, whyLeftOut } from './example-commands';

jest.setTimeout(900_000);

/** Commands that may end with another exit code in a demo than 0. */
const OTHER_ENDS: readonly (readonly [RegExp, number])[] = [
  // The account of the demo has mistakes to find.
  [/ doctor$/, 1],
  // The page has set what Customer.io holds to false; a sweep may not have mended it yet.
  [/ optouts verify \+14155550101$/, 3],
  // What they end may have ended before.
  [/ runs cancel | verify --all --cancel$/, 1],
  // The page shows count and revision of another preview: 409, with which curl ends with 22.
  [/\/dead-letters\/replay"/, 22],
];

const CUSTOMERIO_WEBHOOK_TOKEN = 'c0ffee'.repeat(6);

interface Result {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

let checkout: Checkout;
let launcher: Launcher;
let env: NodeJS.ProcessEnv;
let account: string;
let ingest: string;
beforeAll(async () => {
  checkout = await newCheckout();
  const { root } = checkout;
  const command = `#!/bin/sh\nexec "${process.execPath}" "${root}/packages/local-runtime/dist/bin/cli.js" "$@"\n`;
  await mkdir(join(root, 'bin'));
  await writeFile(join(root, 'bin/optout-sync'), command);
  await writeFile(join(root, 'bin/npx'), '#!/bin/sh\nexec "$@"\n');
  // Without it curl succeeds whatever the answer is.
  await writeFile(join(root, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n');
  for (const name of ['optout-sync', 'npx']) await chmod(join(root, 'bin', name), 0o755);
  const old = 'phone,at\n+14155550110,2026-03-01\n';
  for (const file of ['optouts.csv', 'calls.csv']) await writeFile(join(root, file), old);
  await writeFile(join(root, 'list.csv'), 'Mobile No,Opted Out\n(415) 555-0111,2026-03-02\n');
  launcher = await startLauncher({ CUSTOMERIO_WEBHOOK_TOKEN }, ['--demo'], { root });
  await launcher.says(/Ctrl-C stops everything/);
  const [sandbox = ''] = await launcher.says(/sandbox\b[^\n]*?(http:\/\/127\.0\.0\.1:\d+)/);
  env = {
    ...inheritedEnv(),
    PATH: `${root}/bin:${process.env.PATH ?? ''}`,
    SANDBOX: sandbox,
    CUSTOMERIO_WEBHOOK_TOKEN,
    CURL_HOME: root,
  };
  const [console = ''] = await launcher.says(/console +(http:\/\/127\.0\.0\.1:\d+)/);
  const all = Object.keys(API_SCOPES).join();
  const add = `optout-sync token add --name examples --scopes ${all} --yes --by Ann --why 'a test'`;
  env = { ...env, API: console, TOKEN: (await run(add)).output.trim() };
  // Whom the pages are about.
  for (const from of ['+14155550123', 'whatsapp:+14155550123']) {
    const { output } = await run(`optout-sync simulate message --from ${from} --body STOP --json`);
    const { content, sentTo } = JSON.parse(output) as { content: { AccountSid: string }; sentTo: string };
    account = content.AccountSid;
    ingest = new URL(sentTo).origin;
  }
});
afterAll(async () => {
  await launcher.stop();
  await checkout.remove();
});

const run = (command: string): Promise<Result> =>
  new Promise((resolve) => {
    const options = {
      cwd: checkout.root,
      env,
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    };
    const child = execFile('bash', ['-c', command], options, (_, output, error) => {
      resolve({ code: child.exitCode ?? 1, output, error });
    });
  });

/** Runs a command, and repeats it while something waits that it must not overtake, as its error says. */
const runOnceNothingWaits = (command: string): Promise<Result> =>
  waitFor(
    async () => {
      const result = await run(command);
      return result.error.includes('error (messages_waiting)') ? undefined : result;
    },
    { what: `nothing to wait for ${command}`, timeoutMs: 120_000, everyMs: 1_000 },
  );

/** The first entry of a list of our command, once it has one; `make` is run before. */
async function firstOf(list: string, key: string, id: string, make: readonly string[]): Promise<string> {
  for (const command of make) await run(command);
  const first = async (): Promise<string | undefined> => {
    const { output } = await run(`optout-sync ${list} --json`);
    return (JSON.parse(output) as Record<string, Record<string, string>[]>)[key]?.[0]?.[id];
  };
  return waitFor(first, { what: `an entry of ${list}`, timeoutMs: 30_000 });
}

const PLACEHOLDERS: readonly (readonly [
  placeholder: RegExp,
  value: (command: string) => string | Promise<string>,
])[] = [
  // What may be left out, with what may be left out of it.
  [/ \[(?:filters|[-<](?:[^[\]]|\[[^[\]]*\])*)\]/, () => ''],
  [/http:\/\/127\.0\.0\.1:8080(?=\/)/, () => ingest],
  [/ \.\.\.$/, () => ''],
  [/MG\.\.\.(?! or)|<MG\.\.\. or number>/, () => TWILIO_MESSAGING_SERVICE_SID],
  [/AC\.\.\./, () => account],
  [/<phone>/, () => '+14155550101'],
  [/<you>/, () => 'Ann'],
  [/<reason>/, () => "'a test'"],
  [/<code>/, () => 'customerio_refused'],
  [/<ids or filters>/, () => '--all'],
  [/<id>/, (command) => (command.includes('resolve') ? unknownPerson() : refusedWrite())],
  [/<run>/, () => refusedWrite().then(replayRun)],
];

const refusedWrite = (): Promise<string> =>
  firstOf('dlq list --code customerio_refused', 'letters', 'id', [
    'optout-sync simulate refuse +14155550104',
    'optout-sync simulate message --from +14155550104 --body STOP',
  ]);
const replayRun = (): Promise<string> =>
  firstOf('runs list', 'runs', 'id', ['optout-sync dlq replay --all --yes --no-follow --by Ann --why test']);
const unknownPerson = (): Promise<string> =>
  firstOf('dlq list --code not_a_phone_number', 'letters', 'id', [
    'optout-sync simulate message --from whatsapp:US.123 --body STOP',
  ]);

/** The command with what the page leaves to the reader. */
async function filledIn(command: string): Promise<string> {
  let text = command;
  for (const [placeholder, value] of PLACEHOLDERS) {
    if (placeholder.test(text)) text = text.replaceAll(new RegExp(placeholder, 'g'), await value(command));
  }
  return text;
}

const COMMANDS = exampleCommands().filter((each) => whyLeftOut(each) === undefined);
const PAGES = [...new Set(COMMANDS.map(({ page }) => page))];

describe.each(PAGES)('the commands of %s', (page) => {
  // A page may break Customer.io and mend it outside of its blocks.
  afterAll(() => connectSandboxControl(env.SANDBOX ?? '').clearFaults());

  const commands = COMMANDS.flatMap((each) => (each.page === page ? [each.command] : []));
  test.each(commands)('%s', async (command) => {
    const text = await filledIn(command);
    const codes = [0, ...OTHER_ENDS.flatMap(([pattern, code]) => (pattern.test(text) ? [code] : []))];
    const { code, output, error } = await runOnceNothingWaits(text);
    if (!codes.includes(code)) throw new Error(`${text}\nended with ${String(code)}:\n${output}${error}`);
  });
});
