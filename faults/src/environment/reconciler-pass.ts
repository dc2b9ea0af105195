import { waitFor } from '@optout-sync/local-runtime/process';
import { PassStore, SyncMarks, type PassState } from '@optout-sync/shared/reconcile';
import type { Environment } from './environment';

/** Within this time after its own write the worker takes another value for lag; a little more than its 60 s. */
const LAG_MS = 65_000;
const PASS_MS = 180_000;

/** Waits until a pass of the reconciler is under way. */
export async function passRuns(environment: Environment): Promise<void> {
  const isRunning = async (): Promise<boolean> => (await readPass(environment)).running;
  await waitFor(isRunning, { what: 'a pass of the reconciler', timeoutMs: PASS_MS });
}

/**
 * Waits until a full pass of the reconciler has ended that began when none of these numbers had been written a moment ago: in such
 * a pass no value counts as lag.
 *
 * @param since when the last message had its outcome, in ms since 1970
 */
export async function passWithoutLag(
  environment: Environment,
  phones: readonly string[],
  since: number,
): Promise<void> {
  let writtenAt = Infinity;
  let accepted: number | undefined;
  const hasEnded = async (): Promise<boolean> => {
    const { startedAt = 0, endedAt = 0 } = await readPass(environment);
    if (startedAt >= since && writtenAt < startedAt - LAG_MS) accepted ??= startedAt;
    // Of the moment before the next pass begins.
    writtenAt = await latestWrite(environment, phones);
    return endedAt >= (accepted ?? Infinity);
  };
  const wait = { timeoutMs: 2 * LAG_MS + PASS_MS, everyMs: 500 };
  await waitFor(hasEnded, { what: 'a full pass of the reconciler', ...wait });
  const marks = new SyncMarks(environment.system.connection, environment.system.prefix);
  const none = async (): Promise<boolean> => (await marks.count('default')) === 0;
  await waitFor(none, { what: 'the syncs of that pass', ...wait });
}

async function latestWrite({ system }: Environment, phones: readonly string[]): Promise<number> {
  const entries = await Promise.all(phones.map((phone) => system.entry(phone)));
  return Math.max(0, ...entries.map((entry) => entry?.writtenAt ?? 0));
}

function readPass({ system }: Environment): Promise<PassState> {
  return new PassStore(system.connection, system.prefix, 'default').read(Date.now());
}
