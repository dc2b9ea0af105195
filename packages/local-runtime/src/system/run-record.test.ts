import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnRunRecord, runningSystem } from './run-record';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('only its owner can read where the system is, until the record is removed', () => {
  const own = new OwnRunRecord(folder);
  const file = join(folder, `${process.pid}.json`);
  const account = {
    accountSid: 'AC1',
    authToken: 'of the demo',
    apiKey: { sid: 'SK1', secret: 'of the demo' },
    linkKey: 'of the demo',
  };
  own.write({ prefix: 'optout', redisUrl: 'redis://:password@127.0.0.1:6379', account });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    pid: process.pid,
    prefix: 'optout',
    account,
  });
  expect(statSync(file).mode & 0o077).toBe(0);
  own.remove();
  expect(existsSync(file)).toBe(false);
});

test('the record of a system that has ended is removed, that of one that runs is not', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const own = new OwnRunRecord(folder);
  own.write({ prefix: 'optout' });
  writeFileSync(join(folder, `${gone}.json`), '{}');
  writeFileSync(join(folder, `${process.ppid}.json`), '{}');
  own.removeStale();
  expect(readdirSync(folder).sort()).toEqual([`${process.pid}.json`, `${process.ppid}.json`].sort());
});

test('the running system is the one started last of those that run and have the field', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const write = (pid: number | undefined, startedAt: string, record: object) =>
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify({ pid, startedAt, ...record }));
  write(gone, '2026-01-03', { prefix: 'ended', redisUrl: 'redis://ended' });
  write(process.ppid, '2026-01-02', { prefix: 'latest', redisUrl: 'redis://latest' });
  write(process.pid, '2026-01-01', {
    prefix: 'earlier',
    redisUrl: 'redis://earlier',
    webhookUrl: 'http://x',
  });
  writeFileSync(join(folder, '1.json'), 'cut sho');
  expect(runningSystem(folder, 'redisUrl')).toMatchObject({ prefix: 'latest' });
  expect(runningSystem(folder, 'webhookUrl')).toMatchObject({ prefix: 'earlier' });
  expect(runningSystem(join(folder, 'none'), 'redisUrl')).toBeUndefined();
});
