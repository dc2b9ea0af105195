import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findServer } from './find-server';

let folders: string[];
beforeEach(async () => {
  const base = join(tmpdir(), 'optout-sync-test-');
  folders = [await mkdtemp(base), await mkdtemp(base)];
});
afterEach(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function program(folder: string, script: string): Promise<string> {
  const file = join(folder, 'redis-server');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

test('the first server on PATH that runs is found, with its version', async () => {
  const [first = '', second = ''] = folders;
  await program(first, 'echo "error while loading shared libraries" >&2; exit 127');
  const working = await program(second, 'echo "Redis server v=7.9.1 sha=00000000:0"');
  expect(findServer(() => undefined, folders.join(delimiter))).toEqual({
    file: working,
    argv0: 'redis-server',
    version: 'redis-server 7.9.1',
  });
});

test('a server that is too old is logged and skipped', async () => {
  const [first = '', second = ''] = folders;
  const old = await program(first, 'echo "Redis server v=6.0.16 sha=00000000:0"');
  const newer = await program(second, 'echo "Redis server v=6.2.0 sha=00000000:0"');
  const lines: string[] = [];
  const found = findServer((line) => lines.push(line), folders.join(delimiter));
  expect(found).toMatchObject({ file: newer, version: 'redis-server 6.2.0' });
  expect(lines).toEqual([`redis: ${old} is redis-server 6.0.16, older than 6.2: not used`]);
});
