import { queuePrefix } from '@optout-sync/shared/redis';
import type { BaseContext, WorkerContext } from './context';

/** How far the worker has started. */
export type StartState =
  | { readonly name: 'starting'; readonly waitingFor: string }
  | { readonly name: 'consuming'; readonly context: WorkerContext };

interface ProbeResult {
  readonly ok: boolean;
  readonly reason?: string;
}

/** `/healthz`: fails when this process has lost its Redis without an error, so that it is restarted. */
export function checkHealth({ heartbeat }: BaseContext): ProbeResult {
  const reason = heartbeat.unresponsive();
  return reason === undefined ? { ok: true } : { ok: false, reason };
}

/** `/readyz`: passes while Redis can be written to and all queues are consumed. A paused workspace is only reported. */
export async function checkReadiness(
  { redis, config }: BaseContext,
  state: StartState,
): Promise<ProbeResult> {
  if (state.name === 'starting') return { ok: false, reason: `waiting for ${state.waitingFor}` };
  // A real write: a Redis that is full or read-only still answers a PING.
  await redis.set(`${queuePrefix(config.redis)}:worker-ready`, Date.now(), 'PX', 60_000);
  const { pool, workspaces } = state.context;
  const inactive = pool.inactiveQueue();
  if (inactive !== undefined) return { ok: false, reason: `consumes no jobs from ${inactive}` };
  const paused = [...workspaces.values()].filter((workspace) => workspace.isPaused());
  if (paused.length === 0) return { ok: true };
  return { ok: true, reason: `paused: ${paused.map(({ name }) => name).join(', ')}` };
}
