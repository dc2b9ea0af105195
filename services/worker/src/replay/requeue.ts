import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { DestinationName } from '@optout-sync/shared/domain';
import {
  enqueueDestination,
  enqueueForwardAgain,
  enqueueInbound,
  enqueuePeopleAgain,
  enqueueSync,
  type Queues,
} from '@optout-sync/shared/queues';

/** Whether a workspace is configured with an optional destination. */
export type HasDestination = (workspace: string, destination: DestinationName) => boolean;

/**
 * Enqueues the payload of a dead letter again for a replay run, behind live traffic. Safe to repeat and never out of date:
 * the ledger compares an event with later ones, so an old STOP does not undo a newer START, and a sync writes what the
 * ledger holds now.
 *
 * Resolves with the reason when the dead letter cannot be replayed, else with `undefined`.
 *
 * @throws what Redis throws
 */
export async function requeue(
  queues: Queues,
  { stage, undone: payload }: Pick<DeadLetter, 'stage' | 'undone'>,
  { run, hasDestination }: { readonly run: string; readonly hasDestination: HasDestination },
): Promise<string | undefined> {
  const options = { lane: 'background', run } as const;
  switch (payload.type) {
    case 'event':
      await enqueueInbound(queues, payload.event, options);
      return undefined;
    case 'sync':
      await enqueueSync(queues, payload.request, options);
      return undefined;
    case 'destination': {
      const { destination, request } = payload;
      if (!hasDestination(request.workspace, destination)) {
        return `workspace ${request.workspace} has no destination ${destination}: configure it, or discard the dead letter`;
      }
      await enqueueDestination(queues, destination, request, options);
      return undefined;
    }
    case 'forward':
      await enqueueForwardAgain(queues, payload.request, options);
      return undefined;
    case 'people':
      await enqueuePeopleAgain(queues, payload.change, run);
      return undefined;
    case 'raw':
      return `unparsable at ${stage}: nothing to replay; override by hand if needed, then discard it`;
    default:
      return payload satisfies never;
  }
}
