import type { FaultEffect, Operation } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { ScenarioContext } from '../runner/scenario-context';
import { killProcess } from './kill-process';
import { waitForTrap } from './wait-for-trap';

/** Holds the worker at a point of its work. Resolves when it is there, to a function that removes the obstacle. */
type HoldAt = (context: ScenarioContext) => Promise<() => void>;

/** Holds the worker at a command that Redis then does not receive. */
function atCommand(pattern: RegExp): HoldAt {
  return async ({ environment }) => {
    const trap = environment.worker.redis.trap({ pattern, then: 'hold' });
    await waitForTrap(trap, `a command that matches ${String(pattern)}`);
    return () => undefined;
  };
}

/** Holds the worker at a request that Customer.io has received and answers with this effect. */
function atRequest(operation: Operation, effect: FaultEffect): HoldAt {
  return async ({ environment }) => {
    const fault = environment.system.sandbox.fault({ match: { operation }, times: 1, effect });
    await waitFor(() => fault.hits > 0, { what: `a request: ${operation}`, timeoutMs: 120_000, everyMs: 2 });
    return () => fault.remove();
  };
}

/**
 * The key of a ledger entry in a command. `<key> <key of its history> <those of the next event, or the history cap and an origin> ...`
 * records events, `<key> <origin> <version> <applied or no_match>` marks a version as applied.
 */
const LEDGER_KEY = String.raw`:ledger:\{[^}]*\}\r\n\$\d+\r\n`;
const HISTORY_KEY = String.raw`[^\r]*:history:\{[^}]*\}\r\n\$\d+\r\n`;
const ORIGIN = String.raw`\S+\r\n\$\d+\r\n`;
const NEXT_OR_SHARED = String.raw`(?:[^\r]*:ledger:|\d+\r\n\$6\r\n)`;

/** The points in the order of processing. A request without an answer counts as before its effect. */
export const KILL_POINTS: Readonly<Record<string, HoldAt>> = {
  'before-record': atCommand(new RegExp(`${LEDGER_KEY}${HISTORY_KEY}${NEXT_OR_SHARED}`)),
  'before-sync-job': atCommand(/\{"version":1,"workspace"/),
  'before-look-up': atRequest('search', { kind: 'hang' }),
  'after-look-up': atRequest('batch', { kind: 'hang' }),
  'after-write': atRequest('batch', { kind: 'drip', bytesPerSecond: 1 }),
  'before-mark': atCommand(new RegExp(String.raw`${LEDGER_KEY}${ORIGIN}\d+\r\n\$1\r\n[an]\r\n`)),
  'before-ack': atCommand(/:customerio-sync:metrics:completed/),
};

/** Kills the worker at one of `KILL_POINTS` and starts another. */
export async function killWorkerAt(context: ScenarioContext, point: string): Promise<void> {
  const removeObstacle = await KILL_POINTS[point]?.(context);
  await context.fault(`worker SIGKILL ${point}`, async () => {
    await killProcess(context.environment.worker);
    removeObstacle?.();
  });
}
