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

test('the first server on PATH that really runs is taken, with its version', async () => {
  const [first = '', second = ''] = folders;
  await program(first, 'echo "error while loading shared libraries" >&2; exit 127');
  const working = await program(second, 'echo "Redis server v=7.9.1 sha=00000000:0"');
  expect(await findServer(folders.join(delimiter))).toEqual({
    file: working,
    argv0: 'redis-server',
    version: 'redis-server 7.9.1',
  });
});
