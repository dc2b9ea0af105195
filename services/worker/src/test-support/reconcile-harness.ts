import { randomUUID } from 'node:crypto';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { ReconcileTimes } from '../reconcile/times';
import { startHarness, type Harness } from './worker-harness';

const FAST: Partial<ReconcileTimes> = {
  roundMs: 50,
  leaseMs: 500,
  lagMs: 0,
  unappliedEveryMs: 50,
  unappliedAfterMs: 200,
  lookDelaysMs: [],
};

/** Workers that share Redis and one sandbox, as one after the other or beside each other. */
export interface WorkerGroup {
  readonly prefix: string;
  /** The sandbox of the first worker. */
  readonly sandbox: CustomerIoSandbox;
  start(env?: Record<string, string>, reconcile?: Partial<ReconcileTimes>): Promise<Harness>;
  stop(): Promise<void>;
}

/** Creates a group without a worker. The sandbox of the first one stays until the group stops. */
export function workerGroup(): WorkerGroup {
  const prefix = `test-${randomUUID()}`;
  const harnesses: Harness[] = [];
  return {
    prefix,
    get sandbox() {
      const [first] = harnesses;
      if (!first) throw new Error('no worker has started');
      return first.sandbox;
    },
    async start(env = {}, reconcile = {}) {
      const [first] = harnesses;
      const harness = await startHarness({
        env: {
          QUEUE_PREFIX: prefix,
          RECONCILE_MODE: 'enforce',
          ...(first && {
            CUSTOMERIO_APP_URL: first.sandbox.appUrl,
            CUSTOMERIO_TRACK_URL: first.sandbox.trackUrl,
          }),
          ...env,
        },
        overrides: { reconcile: { ...FAST, ...reconcile } },
      });
      harnesses.push(harness);
      return harness;
    },
    async stop() {
      await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
    },
  };
}

/** Waits for a line of a worker's log and returns it, parsed. */
export async function logged(harness: Harness, message: string, after = 0): Promise<Record<string, unknown>> {
  const find = (): string | undefined =>
    harness.logLines
      .slice(after)
      .find((line) => (JSON.parse(line) as { msg?: string }).msg?.startsWith(message));
  await waitFor(find, { what: `the log line ${message}`, timeoutMs: 30_000 });
  return JSON.parse(find() ?? '') as Record<string, unknown>;
}
