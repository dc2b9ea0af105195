import type { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { PassStore, SyncMarks, reconcileKey, type PassState } from '@optout-sync/shared/reconcile';

/** When the first second look is due, in ms; the last one only when the test says so. */
export const FIRST_LOOK_MS = 200;
/** Fewer than the phones of a workspace that the reconciler has open at a time. */
const MANY = 50;
const TIMEOUT_MS = 60_000;

/** What the reconciler stores in Redis: to wait for its work, and to bring that forward. */
export class ReconcilerState {
  private readonly marks: SyncMarks;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly workspaces: readonly string[],
  ) {
    this.marks = new SyncMarks(redis, prefix);
  }

  /** Has the next worker begin a first pass in every workspace. */
  async forgetPasses(): Promise<void> {
    await this.redis.del(this.keysOf('pass'));
  }

  /** Waits until the first full pass of every workspace has ended, with the syncs it asked for. */
  async firstPassEnds(): Promise<void> {
    const haveEnded = async (): Promise<boolean> =>
      (await this.passes()).every(({ endedAt }) => endedAt !== undefined);
    await waitFor(haveEnded, { what: 'a full pass of every workspace', timeoutMs: TIMEOUT_MS });
    await this.forcedSyncsEnd();
  }

  /** Waits until a pass that begins from now on has ended in every workspace. Later ones may be under way by then. */
  async nextPassEnds(): Promise<void> {
    await waitFor(this.passFromNow(), { what: 'a pass of every workspace', timeoutMs: TIMEOUT_MS });
  }

  /** Waits until a sweep has asked for syncs, or a whole pass of every workspace had none to ask for. */
  async sweepHasAsked(): Promise<void> {
    const hasPassed = this.passFromNow();
    const hasAsked = async (): Promise<boolean> => (await this.countMarks()) > 0 || (await hasPassed());
    await waitFor(hasAsked, { what: 'a sweep', timeoutMs: TIMEOUT_MS });
  }

  /** Without a sweep: waits until the first looks have ended, with the syncs they asked for. */
  async firstLooksEnd(): Promise<void> {
    const haveEnded = async (): Promise<boolean> => (await this.countLooks(FIRST_LOOK_MS)) === 0;
    await waitFor(haveEnded, { what: 'the first second looks', timeoutMs: TIMEOUT_MS });
    await this.forcedSyncsEnd();
  }

  /** Makes all looks due. Resolves when they have asked for syncs, or many of them have while none can run. */
  async callAllLooks(): Promise<void> {
    for (const key of this.keysOf('looks')) {
      for (const look of await this.redis.zrange(key, '0', '-1')) await this.redis.zadd(key, 0, look);
    }
    const haveAsked = async (): Promise<boolean> =>
      (await this.countMarks()) >= MANY || (await this.countLooks(Infinity)) === 0;
    await waitFor(haveAsked, { what: 'second looks', timeoutMs: TIMEOUT_MS });
  }

  /** Waits until all looks have ended, with the syncs they asked for. */
  async looksEnd(): Promise<void> {
    const haveEnded = async (): Promise<boolean> => (await this.countLooks(Infinity)) === 0;
    await waitFor(haveEnded, { what: 'the last second looks', timeoutMs: TIMEOUT_MS });
    await this.forcedSyncsEnd();
  }

  private passFromNow(): () => Promise<boolean> {
    const from = Date.now();
    const began: number[] = [];
    return async () =>
      (await this.passes()).every(({ startedAt = 0, endedAt = 0 }, n) => {
        if (startedAt >= from) began[n] ??= startedAt;
        return endedAt >= (began[n] ?? Infinity);
      });
  }

  private passes(): Promise<PassState[]> {
    const now = Date.now();
    return Promise.all(this.workspaces.map((name) => new PassStore(this.redis, this.prefix, name).read(now)));
  }

  private async forcedSyncsEnd(): Promise<void> {
    const what = 'the forced syncs to end';
    await waitFor(async () => (await this.countMarks()) === 0, { what, timeoutMs: TIMEOUT_MS });
  }

  /** The number of phones whose forced sync has not ended. */
  private async countMarks(): Promise<number> {
    return sum(await Promise.all(this.workspaces.map((name) => this.marks.count(name))));
  }

  /** The number of looks that are due within this time, in ms. */
  private async countLooks(withinMs: number): Promise<number> {
    const until = withinMs === Infinity ? '+inf' : Date.now() + withinMs;
    return sum(await Promise.all(this.keysOf('looks').map((key) => this.redis.zcount(key, '-inf', until))));
  }

  private keysOf(key: 'looks' | 'pass'): string[] {
    return this.workspaces.map((name) => reconcileKey(this.prefix, name, key));
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
