import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock';
import { processMark } from './process-mark';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  file = join(folder, 'data.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a running process keeps it, and is named to whoever wants it too', () => {
  // Our parent runs as long as we do.
  writeFileSync(file, String(process.ppid));
  expect(() => takeLock(file, 'data/redis')).toThrow(`data/redis is in use by process ${process.ppid}`);
  expect(readdirSync(folder)).toEqual(['data.lock']);
});

test('a process that is gone does not', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, String(pid));
  const lock = takeLock(file, 'data/redis');
  expect(() => takeLock(file, 'data/redis')).toThrow(`in use by process ${process.pid}`);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

// Without /proc there is no telling.
const onLinux = existsSync('/proc/self/stat') ? test : test.skip;
onLinux('a later process with the same id does not', () => {
  writeFileSync(file, `${process.ppid} 1`);
  takeLock(file, 'data/redis').release();
  writeFileSync(file, processMark(process.ppid));
  expect(() => takeLock(file, 'data/redis')).toThrow(`in use by process ${process.ppid}`);
});

test("releasing never removes somebody else's", () => {
  const lock = takeLock(file, 'data/redis');
  writeFileSync(file, String(process.ppid));
  lock.release();
  expect(existsSync(file)).toBe(true);
});
