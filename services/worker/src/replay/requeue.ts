import type { WorkspaceOf } from '@optout-sync/shared/config';
import { unresolvedEvent, type StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { InboundEvent, type DestinationName } from '@optout-sync/shared/domain';
import {
  ForwardRequest,
  PeopleChange,
  SyncRequest,
  enqueueDestination,
  enqueueForwardAgain,
  enqueueInbound,
  enqueuePeopleAgain,
  enqueueRaw,
  enqueueSync,
  type Queues,
} from '@optout-sync/shared/queues';

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

/**
 * Enqueues the payload of a dead letter again for a replay run, behind live traffic. Safe to repeat and never out of date:
 * the ledger compares an event with later ones, so an old STOP does not undo a newer START, and a sync writes what the
 * ledger holds now. A raw payload is parsed anew: the workers may be newer than when it failed.
 *
 * A payload of a workspace that is not served is not enqueued: nobody would take its job.
 *
 * Resolves with the reason when the dead letter stays, else with `undefined`.
 *
 * @throws what Redis throws
 */
export async function requeue(
  context: RequeueContext,
  { id, deadLetter: { stage, undone: payload } }: Pick<StoredDeadLetter, 'id' | 'deadLetter'>,
  run: string,
): Promise<Skip | undefined> {
  const { queues } = context;
  const options = { lane: 'background', run, replayOf: id } as const;
  switch (payload.type) {
    case 'event': {
      const skip = unservedAccount(context, payload.event.accountSid);
      if (!skip) await enqueueInbound(queues, payload.event, options);
      return skip;
    }
    case 'sync': {
      const skip = unservedWorkspace(context, payload.request.workspace);
      if (!skip) await enqueueSync(queues, payload.request, options);
      return skip;
    }
    case 'destination': {
      const { destination, request } = payload;
      const skip = unservedDestination(context, destination, request.workspace);
      if (!skip) await enqueueDestination(queues, destination, request, options);
      return skip;
    }
    case 'forward':
      await enqueueForwardAgain(queues, payload.request, options);
      return undefined;
    case 'people':
      return requeuePeople(context, payload.change, options);
    case 'raw':
      return requeueRaw(context, stage, payload.data, options);
    default:
      payload satisfies never;
      return { reason: 'a newer version wrote it: upgrade the workers, then replay it' };
  }
}

interface RawOptions {
  readonly lane: 'background';
  readonly run: string;
  readonly replayOf: string;
}

async function requeueRaw(
  context: RequeueContext,
  stage: StoredDeadLetter['deadLetter']['stage'],
  data: unknown,
  options: RawOptions,
): Promise<Skip | undefined> {
  switch (stage) {
    case 'ingest':
      if (unresolvedEvent({ undone: { type: 'raw', data } })) {
        return {
          reason:
            'the person has no phone number: if you know it, replay it with `dlq resolve <id> --phone <phone>`',
        };
      }
      return {
        reason: 'unparsable at ingest: nothing to replay; override by hand if needed, then discard it',
      };
    case 'record':
      return requeueRawEvent(context, data, options);
    case 'sync':
      return requeueRawSync(context, data, options);
    case 'native':
    case 'campaign':
      return requeueRawWrite(context, stage, data, options);
    case 'people':
      return requeueRawPeople(context, data, options);
    case 'forward':
      await requeueRawForward(context, data, options);
      return undefined;
    default:
      stage satisfies never;
      return { reason: 'a newer version wrote it: upgrade the workers, then replay it' };
  }
}

async function requeueRawEvent(
  context: RequeueContext,
  data: unknown,
  options: RawOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const event = InboundEvent.safeParse(data);
  if (!event.success) {
    await enqueueRaw(queues.shards[0].inbound, data, options);
    return undefined;
  }
  const skip = unservedAccount(context, event.data.accountSid);
  if (!skip) await enqueueInbound(queues, event.data, options);
  return skip;
}

async function requeueRawSync(
  context: RequeueContext,
  data: unknown,
  options: RawOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const { workspace } = (data ?? {}) as { readonly workspace?: unknown };
  if (typeof workspace !== 'string') return { reason: 'unparsable at sync: it names no workspace' };
  const skip = unservedWorkspace(context, workspace);
  if (skip) return skip;
  const request = SyncRequest.safeParse(data);
  if (request.success) await enqueueSync(queues, request.data, options);
  else await enqueueRaw(queues.shards[0].syncOf(workspace), data, options);
  return undefined;
}

async function requeueRawWrite(
  context: RequeueContext,
  destination: DestinationName,
  data: unknown,
  options: RawOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const { workspace } = (data ?? {}) as { readonly workspace?: unknown };
  if (typeof workspace !== 'string') return { reason: `unparsable at ${destination}: it names no workspace` };
  const skip = unservedDestination(context, destination, workspace);
  if (skip) return skip;
  const request = SyncRequest.safeParse(data);
  if (request.success) await enqueueDestination(queues, destination, request.data, options);
  else await enqueueRaw(queues.shards[0].destinationOf(destination, workspace), data, options);
  return undefined;
}

async function requeuePeople(
  context: RequeueContext,
  change: PeopleChange,
  { run, replayOf }: RawOptions,
): Promise<Skip | undefined> {
  const skip = unservedWorkspace(context, change.workspace);
  if (!skip) await enqueuePeopleAgain(context.queues, change, run, replayOf);
  return skip;
}

async function requeueRawPeople(
  context: RequeueContext,
  data: unknown,
  options: RawOptions,
): Promise<Skip | undefined> {
  const change = PeopleChange.safeParse(data);
  if (change.success) return requeuePeople(context, change.data, options);
  await enqueueRaw(context.queues.people, data, options);
  return undefined;
}

async function requeueRawForward(
  { queues }: RequeueContext,
  data: unknown,
  options: RawOptions,
): Promise<void> {
  const request = ForwardRequest.safeParse(data);
  if (request.success) await enqueueForwardAgain(queues, request.data, options);
  else await enqueueRaw(queues.forwards, data, options);
}

function unservedAccount({ workspaceOf }: RequeueContext, accountSid: string): Skip | undefined {
  return workspaceOf(accountSid) === undefined
    ? {
        reason: `account ${accountSid} is not configured: nobody would record the event`,
        unserved: accountSid,
      }
    : undefined;
}

function unservedWorkspace({ workspaces }: RequeueContext, workspace: string): Skip | undefined {
  return workspaces.has(workspace)
    ? undefined
    : {
        reason: `workspace ${workspace} is not served: configure it, or set storedAs of the one that it was renamed to`,
        unserved: workspace,
      };
}

function unservedDestination(
  context: RequeueContext,
  destination: DestinationName,
  workspace: string,
): Skip | undefined {
  const skip = unservedWorkspace(context, workspace);
  if (skip || context.hasDestination(workspace, destination)) return skip;
  return {
    reason: `workspace ${workspace} has no destination ${destination}: configure it, or discard the dead letter`,
  };
}
