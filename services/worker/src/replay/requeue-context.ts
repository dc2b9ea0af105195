import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { DestinationName } from '@optout-sync/shared/domain';
import type { Queues, ReplayedEvent } from '@optout-sync/shared/queues';

export interface RequeueContext {
  readonly queues: Queues;
  readonly workspaceOf: WorkspaceOf;
  /** The workspaces that this worker serves. */
  readonly workspaces: { has(workspace: string): boolean };
  /** Whether a workspace is configured with an optional destination. */
  readonly hasDestination: (workspace: string, destination: DestinationName) => boolean;
}

/** Why a dead letter was not requeued, and stays. */
export interface Skip {
  readonly reason: string;
  /** The workspace or account that nobody serves, where that is why. */
  readonly unserved?: string;
}

/** How the job of a dead letter is enqueued. */
export interface RequeueOptions {
  readonly lane: 'background';
  readonly run: string;
  readonly replayOf: string;
  /** Takes an inbound event instead of its job: the events of several dead letters share jobs. */
  readonly events: ReplayedEvent[];
}

export function unservedAccount({ workspaceOf }: RequeueContext, accountSid: string): Skip | undefined {
  return workspaceOf(accountSid, undefined) === undefined
    ? {
        reason: `account ${accountSid} is not configured: nobody would record the event`,
        unserved: accountSid,
      }
    : undefined;
}

export function unservedDestination(
  context: RequeueContext,
  workspace: string,
  destination: DestinationName,
): Skip | undefined {
  if (context.hasDestination(workspace, destination)) return undefined;
  return (
    unservedWorkspace(context, workspace) ?? {
      reason: `workspace ${workspace} has no destination ${destination}: configure it, or discard the dead letter`,
    }
  );
}

export function unservedWorkspace({ workspaces }: RequeueContext, workspace: string): Skip | undefined {
  return workspaces.has(workspace)
    ? undefined
    : {
        reason: `workspace ${workspace} is not served: configure it, or set storedAs of the one that it was renamed to`,
        unserved: workspace,
      };
}
