import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from './private-folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('a folder is created together with its parents, for its owner only', async () => {
  await makePrivateFolder(join(folder, 'data/spool'));
  expect(await modeOf(join(folder, 'data'))).toBe(0o700);
  expect(await modeOf(join(folder, 'data/spool'))).toBe(0o700);
});

test('an existing folder loses the rights of others, and everything in it', async () => {
  await mkdir(join(folder, 'spool/sub'), { recursive: true, mode: 0o755 });
  await writeFile(join(folder, 'spool/sub/file'), 'text', { mode: 0o644 });
  await makePrivateFolder(join(folder, 'spool'));
  const paths = ['spool', 'spool/sub', 'spool/sub/file'].map((path) => join(folder, path));
  expect(await Promise.all(paths.map(modeOf))).toEqual([0o700, 0o700, 0o600]);
});

test('a file in the place of the folder is an error', async () => {
  await writeFile(join(folder, 'spool'), '');
  await expect(makePrivateFolder(join(folder, 'spool'))).rejects.toThrow('EEXIST');
});
