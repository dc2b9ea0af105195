import { unresolvedEvent, type StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import {
  enqueueDestination,
  enqueueForwardAgain,
  enqueuePeopleAgain,
  enqueueReplayedEvents,
  enqueueSync,
  type ReplayedEvent,
} from '@optout-sync/shared/queues';
import {
  unservedAccount,
  unservedDestination,
  unservedWorkspace,
  type RequeueContext,
  type Skip,
} from './requeue-context';
import { requeueRaw } from './requeue-raw';

type Claimed = Pick<StoredDeadLetter, 'id' | 'deadLetter'>;

/**
 * Enqueues the payloads of dead letters again for a replay run, behind live traffic; its inbound events in batches. Safe to
 * repeat and never out of date: the ledger compares an event with later ones, so an old STOP does not undo a newer START, and a
 * sync writes what the ledger holds now. A raw payload is parsed anew: the workers may be newer than when it failed.
 *
 * A payload of a workspace that is not served is not enqueued: nobody would take its job.
 *
 * Resolves, for each, with the reason when the dead letter stays, else with `undefined`.
 *
 * @throws what Redis throws
 */
export async function requeue(
  context: RequeueContext,
  claimed: readonly Claimed[],
  run: string,
): Promise<(Skip | undefined)[]> {
  const events: ReplayedEvent[] = [];
  const skips = await Promise.all(claimed.map((one) => requeueOne(context, one, { run, events })));
  // In the same order at a repetition, which then adds nothing.
  const ordered = events.toSorted((a, b) => (a.replayOf < b.replayOf ? -1 : 1));
  await enqueueReplayedEvents(context.queues, ordered, run);
  return skips;
}

/** Enqueues one, or adds its inbound event to `events`. */
async function requeueOne(
  context: RequeueContext,
  { id, deadLetter: { stage, undone: payload } }: Claimed,
  { run, events }: { readonly run: string; readonly events: ReplayedEvent[] },
): Promise<Skip | undefined> {
  const { queues } = context;
  const options = { lane: 'background', run, replayOf: id, events } as const;
  switch (payload.type) {
    case 'event': {
      const skip = unservedAccount(context, payload.event.accountSid);
      if (!skip) events.push({ event: payload.event, replayOf: id });
      return skip;
    }
    case 'sync': {
      const skip = unservedWorkspace(context, payload.request.workspace);
      if (!skip) await enqueueSync(queues, payload.request, options);
      return skip;
    }
    case 'destination': {
      const { destination, request } = payload;
      const skip = unservedDestination(context, request.workspace, destination);
      if (!skip) await enqueueDestination(queues, destination, request, options);
      return skip;
    }
    case 'forward':
      await enqueueForwardAgain(queues, payload.request, options);
      return undefined;
    case 'people': {
      const skip = unservedWorkspace(context, payload.change.workspace);
      if (!skip) await enqueuePeopleAgain(queues, payload.change, run, id);
      return skip;
    }
    case 'raw':
      if (unresolvedEvent({ undone: payload })) {
        return {
          reason:
            'the person has no phone number: if you know it, replay it with `dlq resolve <id> --phone <phone>`',
        };
      }
      return requeueRaw(context, stage, payload.data, options);
    default:
      payload satisfies never;
      return { reason: 'it is damaged, or a newer version wrote it: upgrade the workers, then replay it' };
  }
}
