import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { pageSteps, withOutputs, type PageStep } from './docs/page-steps';
import { isPrinted, stableLines } from './docs/stable-text';
import { newCheckout, type Checkout } from './support/checkout';
import { ROOT, startLauncher, type Launcher } from './support/launcher';
import { runInTerminal } from './support/run-in-terminal';

jest.setTimeout(600_000);

const PAGE = join(ROOT, 'docs/first-hour.md');
const RECORDING = join(ROOT, 'docs/first-hour.txt');
/** The recording shows what lies between these sections, and the last one. */
const RECORDED = /^## 6\.[^]*(?=^## 10\.)|^## 12\.[^]*/gm;
/** With UPDATE_DOCS=1 the outputs of the page that changed, and the recording, are written anew. */
const isUpdate = process.env.UPDATE_DOCS === '1';

let checkout: Checkout;
let launcher: Launcher | undefined;
let path: string;
beforeAll(async () => {
  checkout = await newCheckout();
  // `npx optout-sync` of a checkout that is set up: what it runs after installing and building.
  const bin = join(checkout.root, 'bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'npx'),
    `#!/bin/sh\n[ "$1" = optout-sync ] || exit 64\nshift\nexec "${process.execPath}" "${checkout.root}/packages/local-runtime/dist/bin/cli.js" "$@"\n`,
  );
  await chmod(join(bin, 'npx'), 0o755);
  path = `${bin}:${process.env.PATH ?? ''}`;
});
afterAll(async () => {
  await launcher?.stop();
  await checkout.remove();
});

/** What changes something is done once; what only looks is repeated, since a newcomer types more slowly than this. */
const isDoneOnce = (commands: string): boolean => /\bsimulate\b|--yes\b|\binit\b|^cat /m.test(commands);

async function run({ commands, shown = '' }: PageStep): Promise<string> {
  if (commands === 'npm start') return start();
  let output = await runInTerminal(commands, { cwd: checkout.root, path });
  if (isDoneOnce(commands)) return output;
  const isSettled = async (): Promise<boolean> => {
    const before = output;
    if (isPrinted(shown, before)) return true;
    output = await runInTerminal(commands, { cwd: checkout.root, path });
    return isUpdate && stableLines(before).join() === stableLines(output).join();
  };
  await waitFor(isSettled, { what: `the output of ${commands}`, timeoutMs: 30_000 }).catch(() => undefined);
  return output;
}

async function start(): Promise<string> {
  launcher = await startLauncher({}, ['--demo'], { root: checkout.root });
  await launcher.says(/Ctrl-C stops everything/);
  return launcher.text().trim();
}

const recordingOf = (page: string, printed: ReadonlyMap<string, string>): string =>
  [...page.matchAll(RECORDED)]
    .flatMap(([part]) => pageSteps(part))
    .map(({ commands }) => `${commands.replace(/^/gm, '$ ')}\n${printed.get(commands) ?? ''}\n`)
    .join('\n');

test('the page is done by copying, and the recordings show what it prints', async () => {
  const page = await readFile(PAGE, 'utf8');
  const steps = pageSteps(page);
  const printed = new Map<string, string>();
  for (const step of steps) printed.set(step.commands, await run(step));

  const wrong = steps.filter(
    ({ commands, shown }) => !isPrinted(shown ?? '...', printed.get(commands) ?? ''),
  );
  if (isUpdate) {
    const outputs = steps.map((step) =>
      wrong.includes(step) ? (printed.get(step.commands) ?? '') : (step.shown ?? ''),
    );
    await writeFile(PAGE, withOutputs(page, outputs));
    await writeFile(RECORDING, recordingOf(page, printed));
    return;
  }
  expect(wrong.map(({ commands, shown }) => ({ commands, shown, printed: printed.get(commands) }))).toEqual(
    [],
  );
  expect(stableLines(await readFile(RECORDING, 'utf8'))).toEqual(stableLines(recordingOf(page, printed)));
});
