import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import {
  localServer,
  portOf,
  privateRedis,
  queried,
  type ProvidedRedis,
} from '@optout-sync/local-runtime/redis';

/** How Redis' data is copied and restored, as docs/backup.md says. `data` is its folder, `copy` that of the copy. */
export interface CopyMethod {
  make(redis: ProvidedRedis, data: string, copy: string): Promise<void>;
  /** `redis` does not run and `data` is empty. Starts it with the copy. */
  restore(redis: ProvidedRedis, data: string, copy: string): Promise<void>;
}

const FILES = 'appendonlydir';
const SNAPSHOT = 'dump.rdb';

/** The append-only files. No rewrite may replace them meanwhile. */
const appendOnlyFiles: CopyMethod = {
  async make({ url }, data, copy) {
    await mkdir(copy, { recursive: true });
    await queried(portOf(url), async (redis) => {
      await redis.config('SET', 'auto-aof-rewrite-percentage', '0');
      await waitFor(async () => (await redis.info('persistence')).includes('aof_rewrite_in_progress:0'), {
        what: 'the rewrite to end',
      });
      await cp(join(data, FILES), join(copy, FILES), { recursive: true });
      await redis.config('SET', 'auto-aof-rewrite-percentage', '100');
    });
  },
  async restore(redis, data, copy) {
    await cp(join(copy, FILES), join(data, FILES), { recursive: true });
    await redis.restart();
  },
};

/** A snapshot. A Redis with an append-only file does not read it: it first starts without one, and then writes one. */
const snapshot: CopyMethod = {
  async make({ url }, data, copy) {
    await mkdir(copy, { recursive: true });
    await queried(portOf(url), (redis) => redis.save());
    await cp(join(data, SNAPSHOT), join(copy, SNAPSHOT));
  },
  async restore(redis, data, copy) {
    await cp(join(copy, SNAPSHOT), join(data, SNAPSHOT));
    const port = portOf(redis.url);
    const log = (): undefined => undefined;
    const first = await privateRedis(await localServer(log), 'path', {
      log,
      dir: data,
      port,
      settings: { appendonly: 'no' },
    });
    try {
      await queried(port, (client) => client.config('SET', 'appendonly', 'yes'));
      await waitFor(
        async () => {
          const info = await queried(port, (client) => client.info('persistence'));
          return /aof_enabled:1[^]*aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0/.test(info);
        },
        { what: 'the append-only file to be written' },
      );
    } finally {
      await first.stop();
    }
    await redis.restart();
  },
};

export const COPY_METHODS: readonly (readonly [string, CopyMethod])[] = [
  ['the append-only files', appendOnlyFiles],
  ['a snapshot', snapshot],
];

/** Ends Redis as a machine does that is lost with its disk. */
export async function loseRedis(redis: ProvidedRedis, data: string): Promise<void> {
  await redis.kill('SIGKILL');
  await rm(data, { recursive: true });
  await mkdir(data, { mode: 0o700 });
}
