import type { FaultEffect, Operation } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { TrapOptions } from '@optout-sync/testkit';
import type { ManagedProcess } from '../environment/managed-process';
import type { Play, Scenario } from '../scenario';
import { waitForTrap } from './wait-for-trap';

/** Stops a worker at a point of its work; resolves when it is there. The returned function takes the hindrance away. */
type StopAt = (play: Play) => Promise<() => void>;

/** When a command passes to Redis, which then does not get it. */
function atCommand(pattern: RegExp, then: TrapOptions['then'] = 'hold'): StopAt {
  return async ({ stage }) => {
    const trap = stage.worker.redis.trap({ pattern, then });
    await waitForTrap(trap, String(pattern));
    return () => undefined;
  };
}

/** When a request has come to Customer.io, which deals with it so. */
function atRequest(operation: Operation, effect: FaultEffect): StopAt {
  return async ({ stage }) => {
    const fault = stage.system.sandbox.fault({ match: { operation }, times: 1, effect });
    await waitFor(() => fault.hits > 0, { what: `a request: ${operation}`, timeoutMs: 30_000, everyMs: 2 });
    return () => fault.remove();
  };
}

/** `<ledger key> <sid> ...` is the writing of an event, `<ledger key> <version> <applied or no_match>` the mark. */
const LEDGER = String.raw`:ledger:\{[^}]*\}\r\n\$\d+\r\n`;

/** In the order of a message's way. What is before the answer of a request counts as before what it asks for. */
export const POINTS: Readonly<Record<string, StopAt>> = {
  'before-record': atCommand(new RegExp(`${LEDGER}SM`)),
  'before-sync-job': atCommand(/"payload":\{"version":1,"workspace"/),
  'before-look-up': atRequest('search', { kind: 'hang' }),
  'after-look-up': atRequest('batch', { kind: 'hang' }),
  'after-write': atRequest('batch', { kind: 'drip', bytesPerSecond: 1 }),
  'before-mark': atCommand(new RegExp(String.raw`${LEDGER}\d+\r\n\$1\r\n[an]\r\n`)),
  'before-ack': atCommand(/:customerio-sync:metrics:completed/),
};

/** Kills the worker at a point, and starts another. */
export async function killWorkerAt(play: Play, point: string): Promise<void> {
  const letGo = await POINTS[point]?.(play);
  await play.fault(`worker SIGKILL ${point}`, async () => {
    await killWorker(play.stage.worker);
    letGo?.();
  });
}

export async function killWorker(seat: ManagedProcess): Promise<void> {
  await seat.kill();
  await seat.start();
}

export const workerRows: readonly Scenario[] = Object.keys(POINTS).map((point) => ({
  name: `worker-killed-${point}`,
  async inject(play) {
    await play.times(25, async () => {
      await play.messages(20);
      await killWorkerAt(play, point);
    });
  },
}));
