import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { gaugesReadAtScrape } from '@optout-sync/shared/service';
import { readStoredNames, unservedNames, type StoredNames } from '@optout-sync/shared/stored-names';
import { UNSERVED_METRICS } from '../metrics';

export interface StoredNamesEvents {
  /** Data are stored under names that nobody serves. */
  unservedFound(unserved: StoredNames): void;
  storedNamesUnread(error: unknown): void;
}

const SCAN_PAUSE_MS = 20;
const PERIOD_SECONDS = 6 * 3_600;
/** A scan that its worker did not finish is repeated after this time. */
const SCAN_TTL_SECONDS = 900;
const POLL_MS = 60_000;
/** Values of a label; the names beyond them are counted as `other`. */
const MAX_NAMES = 20;

/** The key of what was found last, a `StoredNames` in JSON. */
export function storedNamesKey(prefix: string): string {
  return `${prefix}:stored-names`;
}

interface WatchContext {
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly registry: Registry;
  readonly telemetry: StoredNamesEvents;
  readonly served: { has(name: string): boolean };
}

/**
 * Gauges what is stored under names of workspaces that this worker does not serve: after a workspace was renamed without
 * `storedAs`, its opt-outs are not compared and its jobs not run. One worker of all looks, every six hours; all report
 * what it found.
 *
 * @returns stops it
 */
export function watchStoredNames(context: WatchContext): () => Promise<void> {
  const { redis, prefix, telemetry, served } = context;
  const [result, scanned] = [storedNamesKey(prefix), `${prefix}:stored-names:scanned`];
  const stopping = new AbortController();
  registerGauges(context, async () => JSON.parse((await redis.get(result)) ?? 'null') as StoredNames | null);

  async function scan(): Promise<void> {
    if ((await redis.set(scanned, '1', 'EX', SCAN_TTL_SECONDS, 'NX')) !== 'OK') return;
    const names = await readStoredNames(redis, prefix, { pauseMs: SCAN_PAUSE_MS, signal: stopping.signal });
    await redis.set(result, JSON.stringify(names));
    await redis.set(scanned, '1', 'EX', PERIOD_SECONDS);
    const unserved = unservedNames(names, served);
    if (Object.keys({ ...unserved.ledger, ...unserved.queues }).length > 0) telemetry.unservedFound(unserved);
  }
  let running: Promise<void> | undefined;
  const poll = (): void => {
    running ??= scan()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) telemetry.storedNamesUnread(error);
      })
      .finally(() => (running = undefined));
  };
  poll();
  const timer = setInterval(poll, POLL_MS);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  };
}

function registerGauges({ registry, served }: WatchContext, read: () => Promise<StoredNames | null>): void {
  gaugesReadAtScrape(registry, UNSERVED_METRICS, async () => {
    const names = await read();
    return (gauges) => {
      if (!names) return;
      const unserved = unservedNames(names, served);
      for (const kind of ['ledger', 'queues'] as const) {
        const counts = Object.entries(unserved[kind]).sort(([, a], [, b]) => b - a);
        for (const [index, [name, count]] of counts.entries()) {
          gauges[kind].inc({ stored_as: index < MAX_NAMES ? name : 'other' }, count);
        }
      }
    };
  });
}
