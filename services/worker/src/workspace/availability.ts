import { CircuitState } from 'cockatiel';
import type { Api, ApiCircuit, CircuitEvents } from '@optout-sync/customerio';
import type { JobError } from '@optout-sync/shared/domain';

/** Hears of what becomes of a workspace. */
export interface WorkspaceEvents {
  workspaceOpened(workspace: string): void;
  breakerChanged(workspace: string, api: Api, state: CircuitState): void;
  customerIoDown(workspace: string, api: Api, failure: JobError | undefined): void;
  customerIoUp(workspace: string, api: Api): void;
  /** Once, however many of its APIs refuse; `failure` is the first refusal. */
  workspacePaused(workspace: string, api: Api, failure: JobError | undefined): void;
  workspaceResumed(workspace: string): void;
}

/**
 * Watches the gates of a workspace's APIs: tells of outages and pauses, and has jobs woken. All of them as soon as an API
 * passes again; one now and then while none waits at a gate, since somebody has to find out.
 */
export function watchCircuits(
  workspace: string,
  { events, wake }: { readonly events: WorkspaceEvents; readonly wake: (atMost?: number) => void },
) {
  events.workspaceOpened(workspace);
  const gates: ApiCircuit[] = [];
  const down = new Set<Api>();
  const paused = new Set<Api>();
  return {
    eventsOf(api: Api): CircuitEvents {
      events.breakerChanged(workspace, api, CircuitState.Closed);
      return {
        breakerChanged(state) {
          events.breakerChanged(workspace, api, state);
        },
        changed(state, failure) {
          if (state === 'open' && !down.has(api)) {
            down.add(api);
            events.customerIoDown(workspace, api, failure);
          }
          if (state === 'blocked' && paused.add(api).size === 1) {
            events.workspacePaused(workspace, api, failure);
          }
          if (state !== 'blocked' && paused.delete(api) && paused.size === 0) {
            events.workspaceResumed(workspace);
          }
          if (state !== 'closed') return;
          if (down.delete(api)) events.customerIoUp(workspace, api);
          wake();
        },
        idle() {
          wake(1);
        },
      };
    },
    add(gate: ApiCircuit): void {
      gates.push(gate);
    },
    isPaused: () => paused.size > 0,
    close(): void {
      for (const gate of gates) gate.close();
    },
  };
}
