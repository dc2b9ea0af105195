import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusedInstallation, runInstallation, type Installation } from './package-manager';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true }));

const log = (line: string) => void lines.push(line);
/** Takes the place of a package manager: this Node, which answers --version. */
const installation = (...steps: string[][]): Installation => ({
  manager: process.execPath,
  asRoot: false,
  steps,
});
const absent: Installation = { manager: 'no-such-manager', asRoot: false, steps: [['never']] };

test('each command is logged before it runs, and one that fails prevents none of the others', async () => {
  const file = join(folder, 'installed');
  const failing = ['sh', '-c', 'echo "no network" >&2; exit 1'];
  expect(await runInstallation('thing', [absent, installation(failing, ['touch', file])], log)).toBe(true);
  expect(existsSync(file)).toBe(true);
  expect(lines).toEqual([
    'thing: none found, so it is installed on this machine (--no-install refuses that):',
    `thing:   ${failing.join(' ')}`,
    `thing: ${failing.join(' ')} failed: no network`,
    `thing:   touch ${file}`,
    expect.stringMatching(/^thing: that took [\d.]+ s$/),
  ]);
});

test('without a known package manager nothing is run', async () => {
  expect(await runInstallation('thing', [absent], log)).toBe(false);
  expect(refusedInstallation([absent])).toBe('--no-install: nothing was installed.');
});

test('a refusal names what would be run', () => {
  expect(refusedInstallation([installation(['update'], ['install', 'thing'])])).toMatch(
    /Without it, npm start would run: update; install thing$/,
  );
});
