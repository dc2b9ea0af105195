import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOwnFilesPrivate, makePrivateFolder } from './private-folder';

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

test('a program in the folder can still be run by its owner', async () => {
  await writeFile(join(folder, 'backup.sh'), '', { mode: 0o755 });
  await makePrivateFolder(folder);
  expect(await modeOf(join(folder, 'backup.sh'))).toBe(0o700);
});

describe('in a folder that a setting names', () => {
  const isOurs = (name: string): boolean => name.endsWith('.ldb');

  test('our files lose the rights of others, and the folder where nothing else is in it', async () => {
    await chmod(folder, 0o755);
    await writeFile(join(folder, '1.ldb'), '', { mode: 0o644 });
    await makeOwnFilesPrivate(folder, isOurs);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, '1.ldb'))).toBe(0o600);
  });

  test("a mistake costs nobody's rights: the folder of others and all that is in it stay as they are", async () => {
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'lib'), { mode: 0o755 });
    for (const name of ['run', 'lib/2.ldb', '1.ldb']) {
      await writeFile(join(folder, name), '', { mode: 0o755 });
    }
    await makeOwnFilesPrivate(folder, isOurs);
    const paths = ['', 'lib', 'run', 'lib/2.ldb', '1.ldb'].map((path) => join(folder, path));
    expect(await Promise.all(paths.map(modeOf))).toEqual([0o755, 0o755, 0o755, 0o755, 0o700]);
  });

  test('a folder that is made to be shared stays open, though it is empty', async () => {
    await chmod(folder, 0o1777);
    await makeOwnFilesPrivate(folder, isOurs);
    expect(await modeOf(folder)).toBe(0o777);
  });
});
