import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedProcess, inheritedEnv } from '../process/owned-process';
import { waitFor } from '../process/wait-for';
import { childLog, type ChildLog } from './child-log';
import { takeLogSuffix } from './log-suffix';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (size?: '1K') => ({ folder, suffix: '', echo: undefined, ...(size && { size }) });

test('a log is continued after a restart, and only its owner can read it', async () => {
  for (const line of ['before', 'after']) {
    const log = childLog('worker', options());
    log.write(line);
    await log.close();
  }
  expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toBe('before\nafter\n');
  expect(statSync(join(folder, 'worker.log')).mode & 0o077).toBe(0);
});

test('a log that grows is rotated, and a bounded number of older files stay', async () => {
  const log = childLog('worker', options('1K'));
  for (let number = 0; number < 3_000; number++) log.write(`${number} ${'x'.repeat(98)}`);
  await log.close();
  const files = readdirSync(folder).sort();
  expect(files).toEqual(['worker.1.log', 'worker.2.log', 'worker.3.log', 'worker.log']);
  const sizes = files.map((file) => statSync(join(folder, file)).size);
  expect(Math.max(...sizes)).toBeLessThan(60_000);
  const kept = ['worker.1.log', 'worker.log']
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
  expect(kept.trimEnd().split('\n').at(-1)).toMatch(/^2999 x+$/);
});

/** Runs a program that prints so many numbered lines of 100 bytes at once, and writes them to the log. */
async function flood(log: ChildLog, lines: number): Promise<void> {
  const code = `const { writeSync } = require('node:fs');
    for (let n = 0; n < ${lines}; n += 1000) {
      const lines = Array.from({ length: 1000 }, (_, i) => String(n + i).padEnd(99, '.'));
      let text = Buffer.from(lines.join('\\n') + '\\n');
      while (text.length > 0) text = text.subarray(writeSync(1, text));
    }`;
  const program = await OwnedProcess.start({
    command: process.execPath,
    args: ['-e', code],
    env: inheritedEnv(),
    onLog: (line) => log.write(line),
  });
  expect((await program.exited).code).toBe(0);
  await log.close();
}

const numbersIn = (files: readonly string[]): number[] =>
  files
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'))
    .map((line) => parseInt(line, 10));

test('of a program that prints 8 MB at once the latest lines are kept, in order, in bounded files', async () => {
  const LINES = 80_000;
  await flood(childLog('worker', { ...options(), size: '1M', mostPending: Infinity }), LINES);
  const files = ['worker.3.log', 'worker.2.log', 'worker.1.log', 'worker.log'];
  expect(readdirSync(folder).sort()).toEqual(files.toSorted());
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThan(1.2 * 1024 ** 2);
  const numbers = numbersIn(files);
  expect(numbers.length).toBeGreaterThan(30_000);
  expect(numbers).toEqual(numbers.map((_, index) => LINES - numbers.length + index));
});

test('lines that come faster than the disk takes them are dropped, and the log says how many', async () => {
  const log = childLog('worker', { ...options(), mostPending: 1_000 });
  for (let number = 0; number < 1_000; number++) log.write(`${number} ${'x'.repeat(98)}`);
  await log.close();
  const lines = readFileSync(join(folder, 'worker.log'), 'utf8').trimEnd().split('\n');
  const [, dropped] = /^(\d+) lines were dropped here/.exec(lines.at(-1) ?? '') ?? [];
  expect(lines.length).toBeLessThan(100);
  expect(lines.length - 1 + Number(dropped)).toBe(1_000);
  expect(lines.slice(0, -1).map((line) => parseInt(line, 10))).toEqual([...lines.slice(1).keys()]);
});

test('a log that cannot be written stops nothing, and the terminal says so', async () => {
  const lines: string[] = [];
  const log = childLog('worker', {
    folder: '/dev/null/nowhere',
    suffix: '',
    echo: (line) => lines.push(line),
  });
  await waitFor(() => lines.some((line) => line.startsWith('worker: no log file')), { what: 'the error' });
  log.write('still here');
  await log.close();
  expect(lines.at(-1)).toBe('worker  | still here');
});

test('a rotated log does not replace that of another system', async () => {
  const systems = [takeLogSuffix(folder), takeLogSuffix(folder)];
  const [first, second] = systems.map(({ suffix }) => childLog('worker', { ...options('1K'), suffix }));
  second?.write('of the second');
  for (let number = 0; number < 3_000; number++) first?.write(`${number} ${'x'.repeat(98)}`);
  await Promise.all([first?.close(), second?.close()]);
  const logs = readdirSync(folder).filter((file) => file.endsWith('.log'));
  expect(logs).toHaveLength(5);
  const texts = logs.map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(texts.filter((text) => text === 'of the second\n')).toHaveLength(1);
});

test('systems at the same time have log files of their own, whose names are used again', () => {
  const first = takeLogSuffix(folder);
  const second = takeLogSuffix(folder);
  expect([first.suffix, second.suffix]).toEqual(['', '-2']);
  first.release();
  expect(takeLogSuffix(folder).suffix).toBe('');
});
