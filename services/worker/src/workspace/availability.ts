import { CircuitState } from 'cockatiel';
import type { Api, CircuitEvents, CircuitStateName } from '@optout-sync/customerio';
import type { JobError } from '@optout-sync/shared/domain';

export interface AvailabilityEvents {
  workspaceOpened(workspace: string): void;
  breakerChanged(workspace: string, api: Api, state: CircuitState): void;
  /** `operation` is the optional one that alone is down, undefined for the whole API. */
  customerIoDown(
    workspace: string,
    api: Api,
    failure: JobError | undefined,
    operation: string | undefined,
  ): void;
  customerIoUp(workspace: string, api: Api, operation: string | undefined): void;
  /**
   * Once, however many APIs and operations of the workspace are rejected; `failure` is the first rejection. `operation` is
   * the one that alone is rejected, undefined for the whole API.
   */
  workspacePaused(
    workspace: string,
    api: Api,
    failure: JobError | undefined,
    operation: string | undefined,
  ): void;
  workspaceResumed(workspace: string): void;
}

/** An API, or one operation of it. */
export interface ApiUse {
  readonly api: Api;
  readonly operation?: string | undefined;
  /** Only by jobs whose requests may find out that the API works again. Default: false. */
  readonly toProbe?: boolean;
}

/**
 * Promotes delayed jobs of a workspace that use an API, or one operation of it; at most `atMost` of each queue. Never rejects.
 *
 * @returns whether there are any jobs that use it
 */
export type PromoteDelayed = (use: ApiUse, atMost?: number) => Promise<boolean>;

/** Whether the APIs of a workspace can be used, by their circuits. */
export interface Availability {
  /** The telemetry that the circuit of an API reports to. */
  telemetryOf(api: Api): CircuitEvents;
  /** The telemetry that the circuit of one operation of an API reports to. */
  telemetryOfOperation(api: Api, operation: string): CircuitEvents;
  /** Whether an API rejects the workspace's keys or region, or everything that one of its operations requests. */
  isPaused(): boolean;
}

/** Reports what is down and what is paused, each once: APIs, and operations of APIs. */
class Outages {
  private readonly down = new Set<string>();
  private readonly paused = new Set<string>();

  constructor(
    private readonly workspace: string,
    private readonly telemetry: AvailabilityEvents,
  ) {}

  get isPaused(): boolean {
    return this.paused.size > 0;
  }

  /** @param operation undefined for the whole API */
  changed(api: Api, operation: string | undefined, state: CircuitStateName, failure?: JobError): void {
    const { workspace, telemetry, down, paused } = this;
    const name = operation === undefined ? api : `${api} ${operation}`;
    if (state === 'open' && !down.has(name)) {
      down.add(name);
      telemetry.customerIoDown(workspace, api, failure, operation);
    }
    if (state === 'blocked' && paused.add(name).size === 1) {
      telemetry.workspacePaused(workspace, api, failure, operation);
    }
    if (state !== 'blocked' && paused.delete(name) && paused.size === 0)
      telemetry.workspaceResumed(workspace);
    if (state === 'closed' && down.delete(name)) telemetry.customerIoUp(workspace, api, operation);
  }
}

/**
 * Watches the circuits of a workspace's APIs: reports outages and pauses, and promotes delayed jobs. All of them as soon
 * as an API works again; one now and then while no job waits at a circuit, since a request has to probe.
 */
export function watchCircuits(
  workspace: string,
  deps: { readonly telemetry: AvailabilityEvents; readonly promoteDelayed: PromoteDelayed },
): Availability {
  const { telemetry, promoteDelayed } = deps;
  telemetry.workspaceOpened(workspace);
  const outages = new Outages(workspace, telemetry);
  return {
    telemetryOf(api) {
      telemetry.breakerChanged(workspace, api, CircuitState.Closed);
      return {
        breakerChanged(state) {
          telemetry.breakerChanged(workspace, api, state);
        },
        changed(state, failure) {
          outages.changed(api, undefined, state, failure);
          if (state === 'closed') void promoteDelayed({ api });
        },
        idle: () => promoteDelayed({ api, toProbe: true }, 1),
      };
    },
    telemetryOfOperation: (api, operation) => ({
      breakerChanged: () => undefined,
      changed(state, failure) {
        outages.changed(api, operation, state, failure);
        if (state === 'closed') void promoteDelayed({ api, operation });
      },
      idle: () => promoteDelayed({ api, operation }, 1),
    }),
    isPaused: () => outages.isPaused,
  };
}
