import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findPrometheus } from './find-prometheus';

let folders: string[];
beforeEach(async () => {
  const base = join(tmpdir(), 'optout-sync-test-');
  folders = [await mkdtemp(base), await mkdtemp(base)];
});
afterEach(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function program(folder: string, script: string): Promise<string> {
  const file = join(folder, 'prometheus');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

test.each(['', ' >&2'])(
  'the first Prometheus that runs is found, with its version: echo ...%s',
  async (to) => {
    const [first = '', second = ''] = folders;
    await program(first, 'echo "error while loading shared libraries" >&2; exit 127');
    const working = await program(second, `echo "prometheus, version 9.42.1+ds (branch: debian/sid)"${to}`);
    expect(findPrometheus(folders.join(delimiter))).toEqual({ file: working, version: '9.42.1' });
  },
);

test('another program of that name is not used', async () => {
  const [first = ''] = folders;
  const other = await program(first, 'echo "prometheus 1.0, a fire lighter"');
  expect(findPrometheus(first)?.file).not.toBe(other);
});
