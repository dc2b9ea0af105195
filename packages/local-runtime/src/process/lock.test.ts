import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock, withLock } from './lock';
import { processIdentity } from './process-info';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  file = join(folder, 'data.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a running process holds its lock, and the error names that process', () => {
  // Our parent runs as long as we do.
  writeFileSync(file, String(process.ppid));
  expect(() => takeLock(file, 'data/redis')).toThrow(`data/redis is in use by process ${process.ppid}`);
  expect(readdirSync(folder)).toEqual(['data.lock']);
});

test('the lock of a process that has ended is free', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, String(pid));
  const lock = takeLock(file, 'data/redis');
  expect(() => takeLock(file, 'data/redis')).toThrow(`in use by process ${process.pid}`);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

// Without /proc there is no start time to compare.
const onLinux = existsSync('/proc/self/stat') ? test : test.skip;
onLinux('the lock of an earlier process with the same id is free', async () => {
  writeFileSync(file, `${process.ppid} 1`);
  takeLock(file, 'data/redis').release();
  writeFileSync(file, processIdentity(process.ppid));
  expect(() => takeLock(file, 'data/redis')).toThrow(`in use by process ${process.ppid}`);
  writeFileSync(file, `${process.pid} 1`);
  const onWait = jest.fn();
  expect(await withLock(file, onWait, () => Promise.resolve('its turn'))).toBe('its turn');
  expect(onWait).not.toHaveBeenCalled();
});

test('work waits until the holder releases the lock', async () => {
  const lock = takeLock(file, 'data/redis');
  const onWait = jest.fn(() => setTimeout(() => lock.release(), 10));
  expect(await withLock(file, onWait, () => Promise.resolve('its turn'))).toBe('its turn');
  expect(onWait).toHaveBeenCalledWith(process.pid);
  expect(readdirSync(folder)).toEqual([]);
});

test("releasing a lock never removes another process's", () => {
  const lock = takeLock(file, 'data/redis');
  writeFileSync(file, String(process.ppid));
  lock.release();
  expect(existsSync(file)).toBe(true);
});
