import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../process/wait-for';
import { childLog } from './child-log';
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
  for (let number = 0; number < 200; number++) log.write(`${number} ${'x'.repeat(98)}`);
  await log.close();
  const files = readdirSync(folder).sort();
  expect(files).toEqual(['worker.1.log', 'worker.2.log', 'worker.3.log', 'worker.log']);
  const sizes = files.map((file) => statSync(join(folder, file)).size);
  expect(Math.max(...sizes)).toBeLessThan(1_200);
  const kept = ['worker.1.log', 'worker.log']
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
  expect(kept.trimEnd().split('\n').at(-1)).toMatch(/^199 x+$/);
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
  for (let number = 0; number < 200; number++) first?.write(`${number} ${'x'.repeat(98)}`);
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
