import { unresolvedEvent, type StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import {
  enqueueDestination,
  enqueueForwardAgain,
  enqueueInbound,
  enqueuePeopleAgain,
  enqueueSync,
} from '@optout-sync/shared/queues';
import {
  unservedAccount,
  unservedDestination,
  unservedWorkspace,
  type RequeueContext,
  type Skip,
} from './requeue-context';
import { requeueRaw } from './requeue-raw';

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
      return { reason: 'a newer version wrote it: upgrade the workers, then replay it' };
  }
}
