import { randomUUID } from 'node:crypto';
import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import { loadScript } from '../redis/load-script';
import { reconcileKey } from './keys';
import { AT_BEGINNING, countsOf, definePassUpdate, progressFields, type PassCounts } from './pass-progress';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutRequestPass(...args: (string | number)[]): Result<[string, number], Context>;
  }
}

const REQUEST = loadScript(`${__dirname}/scripts`, 'request-pass.lua');

/**
 *   waiting    requested. -> running within a second, once the holder of the lease sees it; -> cancelled
 *   running    walks the ledger, then waits for its comparisons. -> ended; -> cancelled
 *   ended      every entry that existed meanwhile has been compared
 *   cancelled  by an operator. What was compared until then stays
 */
const State = z.enum(['waiting', 'running', 'ended', 'cancelled']);

const time = z.coerce.number();

const Fields = z.object({
  id: z.string(),
  state: State,
  mode: ReconcileMode,
  /** Who asked for it. */
  by: z.string(),
  /** All times in ms since 1970. */
  requestedAt: time,
  startedAt: time.optional(),
  /** When it ended or was cancelled. */
  endedAt: time.optional(),
  /** About how many entries there are: never fewer than `examined` in the end. Known once it runs. */
  estimated: time.optional(),
  ...progressFields,
});

/** A pass that an operator asked for. */
export interface RequestedPass extends z.output<typeof Fields> {
  readonly found: PassCounts;
  /** What was written, or in mode `report` nothing. */
  readonly repaired: PassCounts;
}

/** A pass of the other mode is under way. It can be cancelled. */
export class PassUnderWayError extends Error {
  constructor(readonly pass: RequestedPass) {
    super(`a pass in mode ${pass.mode} is under way; wait for it or cancel it`);
  }
}

/**
 * The passes over the ledger that operators ask for, the latest of each workspace: in Redis the hash `...:requested-pass`. The
 * worker that holds the lease of the reconciler carries it out, and stores its progress, so that another one continues it.
 */
export class PassRequests {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {
    redis.defineCommand('optoutRequestPass', { numberOfKeys: 1, lua: REQUEST });
    definePassUpdate(redis);
  }

  /**
   * Asks for a pass. While one of the same mode waits or runs, that one is returned.
   *
   * @param by who asks for it
   * @throws {PassUnderWayError} while one of the other mode waits or runs
   */
  async request(
    workspace: string,
    { mode, by }: { readonly mode: ReconcileMode; readonly by: string },
  ): Promise<{ id: string; isNew: boolean }> {
    const fields = { ...AT_BEGINNING, mode, by, state: 'waiting', requestedAt: Date.now() };
    const args = Object.entries(fields).flat();
    const [id, isNew] = await this.redis.optoutRequestPass(this.key(workspace), randomUUID(), ...args);
    if (isNew === 1) return { id, isNew: true };
    const pass = await this.read(workspace);
    if (pass && pass.mode !== mode) throw new PassUnderWayError(pass);
    return { id, isNew: false };
  }

  /** Returns the latest pass that was asked for, with its progress. */
  async read(workspace: string): Promise<RequestedPass | undefined> {
    const hash = await this.redis.hgetall(this.key(workspace));
    const fields = Fields.safeParse(hash);
    if (!fields.success) return undefined;
    return { ...fields.data, found: countsOf(hash, 'found'), repaired: countsOf(hash, 'repaired') };
  }

  /** Cancels a pass that waits or runs. Returns whether there was one with this id. */
  cancel(workspace: string, id: string): Promise<boolean> {
    return this.update(workspace, id, ['waiting', 'running'], { state: 'cancelled', endedAt: Date.now() });
  }

  /** For the worker. Changes nothing, and resolves with false, when the pass is no longer in one of these states. */
  async update(
    workspace: string,
    id: string,
    from: readonly RequestedPass['state'][],
    fields: Readonly<Record<string, string | number>>,
  ): Promise<boolean> {
    const key = this.key(workspace);
    const args = Object.entries(fields).flat();
    return (await this.redis.optoutUpdatePass(key, id, from.join(), ...args)) === 1;
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, 'requested-pass');
  }
}
