import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { InboundEvent, type DestinationName } from '@optout-sync/shared/domain';
import {
  ForwardRequest,
  PeopleChange,
  SyncRequest,
  enqueueDestination,
  enqueueForwardAgain,
  enqueuePeopleAgain,
  enqueueRaw,
  enqueueSync,
} from '@optout-sync/shared/queues';
import {
  unservedAccount,
  unservedDestination,
  unservedWorkspace,
  type RequeueContext,
  type RequeueOptions,
  type Skip,
} from './requeue-context';

/**
 * Enqueues a raw payload. It is parsed anew: what this worker knows goes the ordinary way, and the rest to whoever may know it.
 */
export async function requeueRaw(
  context: RequeueContext,
  stage: StoredDeadLetter['deadLetter']['stage'],
  data: unknown,
  options: RequeueOptions,
): Promise<Skip | undefined> {
  switch (stage) {
    case 'ingest':
      return {
        reason: 'unparsable at ingest: nothing to replay; override by hand if needed, then discard it',
      };
    case 'batch':
      await enqueueRaw(context.queues.batches, data, options);
      return undefined;
    case 'record':
      return requeueRawEvent(context, data, options);
    case 'sync':
      return requeueRawSync(context, data, options);
    case 'native':
    case 'campaign':
    case 'events':
    case 'twilio_consents':
      return requeueRawDestination(context, stage, data, options);
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

/** A batch that an older worker did not know goes to the workers as it is: they parse each event by itself. */
async function requeueRawEvent(
  context: RequeueContext,
  data: unknown,
  options: RequeueOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const event = InboundEvent.safeParse(data);
  if (!event.success) {
    await enqueueRaw(queues.inbound, data, options);
    return undefined;
  }
  const skip = unservedAccount(context, event.data.accountSid);
  if (!skip) options.events.push({ event: event.data, replayOf: options.replayOf });
  return skip;
}

async function requeueRawSync(
  context: RequeueContext,
  data: unknown,
  options: RequeueOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const { workspace } = (data ?? {}) as { readonly workspace?: unknown };
  if (typeof workspace !== 'string') return { reason: 'unparsable at sync: it names no workspace' };
  const skip = unservedWorkspace(context, workspace);
  if (skip) return skip;
  const request = SyncRequest.safeParse(data);
  if (request.success) await enqueueSync(queues, request.data, options);
  else await enqueueRaw(queues.syncOf(workspace), data, options);
  return undefined;
}

async function requeueRawDestination(
  context: RequeueContext,
  destination: DestinationName,
  data: unknown,
  options: RequeueOptions,
): Promise<Skip | undefined> {
  const { queues } = context;
  const { workspace } = (data ?? {}) as { readonly workspace?: unknown };
  if (typeof workspace !== 'string') return { reason: `unparsable at ${destination}: it names no workspace` };
  const skip = unservedDestination(context, workspace, destination);
  if (skip) return skip;
  const request = SyncRequest.safeParse(data);
  if (request.success) await enqueueDestination(queues, destination, request.data, options);
  else await enqueueRaw(queues.destinationOf(destination, workspace), data, options);
  return undefined;
}

async function requeueRawPeople(
  context: RequeueContext,
  data: unknown,
  options: RequeueOptions,
): Promise<Skip | undefined> {
  const change = PeopleChange.safeParse(data);
  if (change.success) {
    const skip = unservedWorkspace(context, change.data.workspace);
    if (!skip) await enqueuePeopleAgain(context.queues, change.data, options.run, options.replayOf);
    return skip;
  }
  await enqueueRaw(context.queues.people, data, options);
  return undefined;
}

async function requeueRawForward(
  { queues }: RequeueContext,
  data: unknown,
  options: RequeueOptions,
): Promise<void> {
  const request = ForwardRequest.safeParse(data);
  if (request.success) await enqueueForwardAgain(queues, request.data, options);
  else await enqueueRaw(queues.forwards, data, options);
}
