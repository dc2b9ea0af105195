import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { ConfigError } from '@optout-sync/shared/config';
import { sampleDeadLetter } from '../test-support/samples';
import { openDatabase, type Database } from './database';
import { Spool, type SpoolOptions } from './spool';

const batch = (name: string) => ({ deadLetters: [sampleDeadLetter(name, { route: 'events', name })] });
const names = (items: Awaited<ReturnType<Spool['oldest']>>) =>
  items.map(({ content }) => content?.batch.deadLetters?.[0]?.message);

describe('the spool', () => {
  let dir: string;
  let spools: Spool[];
  const telemetry = { spooled: jest.fn(), spoolLost: jest.fn(), spoolBack: jest.fn() };

  const open = async (options: Partial<SpoolOptions> = {}) => {
    const spool = await Spool.open({ dir: join(dir, 'spool'), maxBytes: 1e9, telemetry, ...options });
    spools.push(spool);
    return spool;
  };
  beforeEach(async () => {
    jest.resetAllMocks();
    spools = [];
    dir = await mkdtemp(join(tmpdir(), 'optout-sync-spool-test-'));
  });
  afterEach(async () => {
    for (const spool of spools) await spool.close();
    await rm(dir, { recursive: true });
  });

  it('returns items unchanged, in the order of arrival', async () => {
    const spool = await open();
    await Promise.all(['a', 'b', 'c'].map((name, n) => spool.append(batch(name), n)));
    await spool.append(batch('d'), 3);
    const items = await spool.oldest(3);
    expect(names(items)).toEqual(['a', 'b', 'c']);
    expect(items[0]?.content).toEqual({ at: 0, batch: batch('a') });
    expect(spool.items).toBe(4);
  });

  it('fsyncs every write and removal, and concurrent ones together', async () => {
    const calls: jest.SpyInstance[] = [];
    const spool = await open({
      open: async (folder) => {
        const database = await openDatabase(folder);
        calls.push(jest.spyOn(database, 'batch'));
        return database;
      },
    });
    await Promise.all(Array.from({ length: 500 }, (_, n) => spool.append(batch(String(n)), n)));
    expect(await spool.oldest(1_000)).toHaveLength(500);
    await spool.remove(await spool.oldest(1_000));
    const writes = calls[0]!.mock.calls as [unknown[], unknown][];
    expect(writes.flatMap(([operations]) => operations)).toHaveLength(1_000);
    expect(writes.length).toBeLessThan(10);
    for (const [, options] of writes) expect(options).toEqual({ sync: true });
  });

  it('keeps its items when it is closed and opened again, and adds new ones behind them', async () => {
    const first = await open();
    for (const name of ['a', 'b', 'c']) await first.append(batch(name), 1);
    await first.remove(await first.oldest(1));
    const { bytes } = first;
    await first.close();
    const second = await open();
    expect([second.items, second.bytes]).toEqual([2, bytes]);
    await second.append(batch('d'), 1);
    expect(names(await second.oldest(10))).toEqual(['b', 'c', 'd']);
    await expect(first.append(batch('e'), 1)).rejects.toThrow('The spool is closed');
  });

  it('has no size after its last item is removed', async () => {
    const spool = await open();
    for (const name of ['a', 'b']) await spool.append(batch(name), 1);
    await spool.remove(await spool.oldest(10));
    expect([spool.items, spool.bytes, await spool.oldest(10)]).toEqual([0, 0, []]);
  });

  it('takes no more than its limit, reports that once, and takes more when there is room', async () => {
    const spool = await open({ maxBytes: 2_000 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => spool.append(batch('a'), 1)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ reason: { code: 'spool_full' } });
    expect(spool.items).toBe(20 - refused.length);
    expect(spool.bytes).toBeLessThanOrEqual(2_000);
    expect(spool.unusable).toMatchObject({ code: 'spool_full' });
    expect(telemetry.spoolLost).toHaveBeenCalledTimes(1);
    await spool.remove(await spool.oldest(1));
    expect(spool.unusable).toBeUndefined();
    expect(telemetry.spoolBack).toHaveBeenCalledTimes(1);
    await spool.append(batch('b'), 1);
  });

  it('cannot be opened by a second ingest, and names the setting to change', async () => {
    await open();
    const second = open();
    await expect(second).rejects.toThrow(ConfigError);
    await expect(second).rejects.toThrow(/SPOOL_DIR: is in use by another ingest/);
  });

  it('starts on a broken disk, and works once the disk is repaired', async () => {
    await writeFile(join(dir, 'spool'), 'in the way');
    const spool = await open();
    await expect(spool.append(batch('a'), 1)).rejects.toMatchObject({ code: 'spool_broken' });
    await expect(spool.oldest(1)).rejects.toMatchObject({ code: 'spool_broken' });
    expect(telemetry.spoolLost).toHaveBeenCalledTimes(1);
    await rm(join(dir, 'spool'));
    await mkdir(join(dir, 'spool'));
    await waitFor(() => !spool.unusable, { what: 'the spool to be opened again' });
    await spool.append(batch('a'), 1);
    expect(telemetry.spoolBack).toHaveBeenCalledTimes(1);
  });

  it('acknowledges no failed write, and continues after it is opened again', async () => {
    const databases: Database[] = [];
    const spool = await open({
      open: async (folder) => {
        databases.push(await openDatabase(folder));
        return databases.at(-1)!;
      },
    });
    await spool.append(batch('a'), 1);
    jest
      .spyOn(databases[0]!, 'batch')
      .mockRejectedValueOnce(new Error('IO error: No space left on device') as never);
    const results = await Promise.allSettled(['b', 'c'].map((name) => spool.append(batch(name), 1)));
    expect(results).toMatchObject([
      { reason: { code: 'spool_broken', message: expect.stringContaining('No space left') as string } },
      { reason: { code: 'spool_broken' } },
    ]);
    expect(telemetry.spoolLost).toHaveBeenCalledTimes(1);
    await waitFor(() => !spool.unusable, { what: 'the spool to be opened again' });
    expect(databases).toHaveLength(2);
    await spool.append(batch('d'), 1);
    expect(names(await spool.oldest(10))).toEqual(['a', 'd']);
    expect(spool.items).toBe(2);
  });

  const LOSSES: readonly [string, (folder: string) => Promise<unknown>][] = [
    ['is deleted', (folder) => rm(folder, { recursive: true })],
    ['is moved', (folder) => rename(folder, `${folder}.old`)],
    [
      'is deleted and made again',
      async (folder) => {
        await rm(folder, { recursive: true });
        await mkdir(folder);
      },
    ],
    [
      'is replaced by a link to another one',
      async (folder) => {
        await rename(folder, `${folder}.old`);
        await mkdir(`${folder}.new`);
        await symlink(`${folder}.new`, folder);
      },
    ],
    [
      'loses its files',
      async (folder) => {
        for (const name of await readdir(folder)) await rm(join(folder, name));
      },
    ],
    [
      'loses its log',
      async (folder) => {
        for (const name of await readdir(folder)) if (name.endsWith('.log')) await rm(join(folder, name));
      },
    ],
  ];

  describe.each(LOSSES)('when its folder %s', (_, lose) => {
    it('acknowledges no write that is not in the folder, and opens it again with the items from before', async () => {
      const spool = await open();
      for (const name of ['a', 'b']) await spool.append(batch(name), 1);
      await spool.remove(await spool.oldest(1));
      await lose(join(dir, 'spool'));
      await expect(spool.append(batch('c'), 1)).rejects.toMatchObject({ code: 'spool_folder_lost' });
      expect(spool.unusable).toMatchObject({ code: 'spool_folder_lost' });
      expect(telemetry.spoolLost).toHaveBeenCalledTimes(1);
      await waitFor(() => !spool.unusable, { what: 'the spool to be opened again' });
      expect(telemetry.spoolBack).toHaveBeenCalledTimes(1);
      await spool.append(batch('d'), 1);
      await spool.close();
      // The write of c came to the lost folder, whose items are all copied.
      expect(names(await (await open()).oldest(10))).toEqual(['b', 'c', 'd']);
    });

    it('finds out without a write, at the next probe', async () => {
      const spool = await open();
      await spool.append(batch('a'), 1);
      await lose(join(dir, 'spool'));
      await waitFor(() => telemetry.spoolLost.mock.calls.length > 0, { what: 'the loss to be reported' });
      expect(telemetry.spoolLost).toHaveBeenCalledWith(
        expect.objectContaining({ code: 'spool_folder_lost' }),
      );
      await waitFor(() => !spool.unusable, { what: 'the spool to be opened again' });
      expect(names(await spool.oldest(10))).toEqual(['a']);
    });
  });

  it('removes and counts nothing that was read before its folder was lost', async () => {
    const spool = await open();
    for (const name of ['a', 'b', 'c']) await spool.append(batch(name), 1);
    const read = await spool.oldest(2);
    await rm(join(dir, 'spool'), { recursive: true });
    await waitFor(() => telemetry.spoolBack.mock.calls.length > 0, { what: 'the spool to be opened again' });
    const { bytes } = spool;
    await expect(spool.remove(read)).rejects.toMatchObject({ code: 'spool_folder_lost' });
    expect([spool.items, spool.bytes]).toEqual([3, bytes]);
    expect(names(await spool.oldest(10))).toEqual(['a', 'b', 'c']);
    expect(spool.unusable).toBeUndefined();
    await spool.remove(await spool.oldest(10));
    expect([spool.items, spool.bytes]).toEqual([0, 0]);
  });

  it('removes no item of a folder that took the place of the one that was read', async () => {
    const spool = await open();
    await spool.append(batch('a'), 1);
    const other = await open({ dir: join(dir, 'other') });
    await other.append(batch('b'), 1);
    await other.close();
    const read = await spool.oldest(1);
    await rename(join(dir, 'spool'), join(dir, 'old'));
    await rename(join(dir, 'other'), join(dir, 'spool'));
    await waitFor(() => telemetry.spoolBack.mock.calls.length > 0, { what: 'the spool to be opened again' });
    await expect(spool.remove(read)).rejects.toMatchObject({ code: 'spool_folder_lost' });
    expect(names(await spool.oldest(10))).toEqual(['b', 'a']);
  });

  it('writes the items of a lost folder when it is closed before it was opened again', async () => {
    const spool = await open();
    await spool.append(batch('a'), 1);
    await rm(join(dir, 'spool'), { recursive: true });
    await expect(spool.append(batch('b'), 1)).rejects.toMatchObject({ code: 'spool_folder_lost' });
    await spool.close();
    expect(names(await (await open()).oldest(10))).toEqual(['a', 'b']);
  });

  it('returns an item of an unknown format as text', async () => {
    const database = await openDatabase(join(dir, 'spool'));
    await database.put('0000000000000007', '{"version":2}');
    await database.close();
    const spool = await open();
    await spool.append(batch('a'), 1);
    expect(await spool.oldest(2)).toMatchObject([
      { key: '0000000000000007', text: '{"version":2}', content: undefined },
      { key: '0000000000000008' },
    ]);
  });
});
