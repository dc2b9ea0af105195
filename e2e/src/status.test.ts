import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(120_000);

const CLI = join(__dirname, '../../packages/cli/dist/main.js');
const PHONE = '+14155580001';
let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.stop());

/** Runs the command in a pseudo-terminal of 80 columns and 24 rows, by `script` of util-linux. */
function onTerminal(...args: string[]): {
  readonly shown: () => string;
  readonly press: (key: string) => void;
  readonly ended: Promise<number | null>;
} {
  const command = `stty cols 80 rows 24; exec '${process.execPath}' '${CLI}' ${args.join(' ')}`;
  const env = { ...process.env, ...system.env, TERM: 'xterm-256color', NO_COLOR: '' };
  const child = spawn('script', ['-qec', command, '/dev/null'], { env });
  let shown = '';
  child.stdout.on('data', (part) => (shown += String(part)));
  return {
    shown: () => shown,
    press: (key) => void child.stdin.write(key),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

const CTRL_C = '\u0003';
const CLEAR = '\u001b[H\u001b[J';
// eslint-disable-next-line no-control-regex -- colours take no room
const withoutColours = (text: string): string => text.replace(/\u001b\[\d+m/g, '');
/** What the screen shows last. */
const screen = (all: string): string => withoutColours(all.split(CLEAR).at(-1) ?? '').replaceAll('\r', '');

it('status --watch shows a system on one screen, follows it, and ends on Ctrl-C', async () => {
  const ingest = await system.startIngest();
  const terminal = onTerminal('status', '--watch', '--every', '0.2');
  await waitFor(() => screen(terminal.shown()).includes('1 ingest, 0 worker'), {
    what: 'the first screen',
    timeoutMs: 60_000,
  });
  expect(terminal.shown()).toContain('\u001b[1m');

  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  await system.deliver(ingest, twilioMessage({ From: PHONE, Body: 'STOP' }));
  const shows = (part: RegExp) => (): boolean => part.test(screen(terminal.shown()));
  await waitFor(shows(/unapplied +1 opt-outs, the oldest for \d+ s/), { what: 'the opt-out to wait' });
  await system.startWorker();
  await waitFor(shows(/unapplied +none/), { what: 'the opt-out to be applied', timeoutMs: 60_000 });
  await waitFor(shows(/webhooks +1 accepted[^]*outcomes +1 applied/), {
    what: 'the outcome to be reported',
    timeoutMs: 60_000,
  });
  const lines = screen(terminal.shown()).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);

  terminal.press(CTRL_C);
  expect(await terminal.ended).toBe(0);
});

it('a wide table turns into a list on a narrow terminal, and stays a line a row in a pipe', async () => {
  const terminal = onTerminal('optouts', 'show', PHONE);
  expect(await terminal.ended).toBe(0);
  const shown = screen(terminal.shown());
  expect(shown).toMatch(/^outcome +applied$/m);
  expect((await system.cli(['optouts', 'show', PHONE])).out).toMatch(/stop .* webhook +message +applied/);
});
