import { CircuitState } from 'cockatiel';
import type { Api, CircuitEvents } from '@optout-sync/customerio';
import type { JobError } from '@optout-sync/shared/domain';

export interface AvailabilityEvents {
  workspaceOpened(workspace: string): void;
  breakerChanged(workspace: string, api: Api, state: CircuitState): void;
  customerIoDown(workspace: string, api: Api, failure: JobError | undefined): void;
  customerIoUp(workspace: string, api: Api): void;
  /** Once, however many APIs of the workspace reject its keys; `failure` is the first rejection. */
  workspacePaused(workspace: string, api: Api, failure: JobError | undefined): void;
  workspaceResumed(workspace: string): void;
}

/** Whether the APIs of a workspace can be used, by their circuits. */
export interface Availability {
  /** The events that the circuit of an API reports to. */
  eventsOf(api: Api): CircuitEvents;
  /** Whether an API rejects the workspace's keys or region. */
  isPaused(): boolean;
}

/**
 * Watches the circuits of a workspace's APIs: reports outages and pauses, and promotes delayed jobs. All of them as soon
 * as an API works again; one now and then while no job waits at a circuit, since a request has to probe.
 */
export function watchCircuits(
  workspace: string,
  deps: { readonly telemetry: AvailabilityEvents; readonly promoteDelayed: (atMost?: number) => void },
): Availability {
  const { telemetry, promoteDelayed } = deps;
  telemetry.workspaceOpened(workspace);
  const down = new Set<Api>();
  const paused = new Set<Api>();
  return {
    eventsOf(api) {
      telemetry.breakerChanged(workspace, api, CircuitState.Closed);
      return {
        breakerChanged(state) {
          telemetry.breakerChanged(workspace, api, state);
        },
        changed(state, failure) {
          if (state === 'open' && !down.has(api)) {
            down.add(api);
            telemetry.customerIoDown(workspace, api, failure);
          }
          if (state === 'blocked' && paused.add(api).size === 1) {
            telemetry.workspacePaused(workspace, api, failure);
          }
          if (state !== 'blocked' && paused.delete(api) && paused.size === 0) {
            telemetry.workspaceResumed(workspace);
          }
          if (state !== 'closed') return;
          if (down.delete(api)) telemetry.customerIoUp(workspace, api);
          promoteDelayed();
        },
        idle() {
          promoteDelayed(1);
        },
      };
    },
    isPaused: () => paused.size > 0,
  };
}
