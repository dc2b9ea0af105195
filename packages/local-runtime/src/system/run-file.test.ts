import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFile } from './run-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('tells where the system is, to its owner only, until it is removed', () => {
  const run = new RunFile(folder);
  const file = join(folder, `${process.pid}.json`);
  const account = { accountSid: 'AC1', authToken: 'of the demo' };
  run.write({ prefix: 'optout', redisUrl: 'redis://:password@127.0.0.1:6379', account });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    pid: process.pid,
    prefix: 'optout',
    account,
  });
  expect(statSync(file).mode & 0o077).toBe(0);
  run.remove();
  expect(existsSync(file)).toBe(false);
});

test('knows a system that runs beside it from one that is gone, whose file it removes', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const run = new RunFile(folder);
  run.write({ prefix: 'optout' });
  writeFileSync(join(folder, `${gone}.json`), '{}');
  expect(run.othersRun()).toBe(false);
  expect(existsSync(join(folder, `${gone}.json`))).toBe(false);
  writeFileSync(join(folder, `${process.ppid}.json`), '{}');
  expect(run.othersRun()).toBe(true);
});
