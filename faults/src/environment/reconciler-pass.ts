import { waitFor } from '@optout-sync/local-runtime/process';
import { PassStore, SyncMarks, type PassState } from '@optout-sync/shared/reconcile';
import type { Environment } from './environment';

/** Within this time after its own write the worker takes another value for lag; a little more than its 60 s. */
const LAG_MS = 65_000;
const PASS_MS = 180_000;
/** Until when the changes are settled, in ms since 1970: the scenarios of one environment wait for the same passes. */
const settledUntil = new WeakMap<Environment, number>();

/** Waits until a pass of the reconciler is under way. */
export async function passRuns(environment: Environment): Promise<void> {
  const isRunning = async (): Promise<boolean> => (await readPass(environment)).running;
  await waitFor(isRunning, { what: 'a pass of the reconciler', timeoutMs: PASS_MS });
}

/**
 * Waits until a full pass of the reconciler has ended that began when no write counted as recent any more: neither those of the
 * messages nor those of the passes before, which correct one person of a number and thereby put off another.
 *
 * @param changedAt when the last message was accepted or profile changed, in ms since 1970
 */
export async function settledPassAfter(environment: Environment, changedAt: number): Promise<void> {
  if (changedAt < (settledUntil.get(environment) ?? 0)) return;
  const now = Date.now();
  await passAfter(environment, now);
  await passAfter(environment, Date.now());
  settledUntil.set(environment, now);
}

async function passAfter(environment: Environment, changedAt: number): Promise<void> {
  const { connection, prefix } = environment.system;
  const marks = new SyncMarks(connection, prefix);
  const wait = { timeoutMs: LAG_MS + PASS_MS, everyMs: 200 };
  const hasEnded = async (): Promise<boolean> => {
    const { startedAt = 0, endedAt = 0 } = await readPass(environment);
    return startedAt >= changedAt + LAG_MS && endedAt >= startedAt;
  };
  await waitFor(hasEnded, { what: 'a full pass of the reconciler', ...wait });
  const none = async (): Promise<boolean> => (await marks.count('default')) === 0;
  await waitFor(none, { what: 'the syncs of that pass', ...wait });
}

function readPass({ system }: Environment): Promise<PassState> {
  return new PassStore(system.connection, system.prefix, 'default').read(Date.now());
}
