import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { enqueueForwardAgain, enqueueInbound, enqueueSync, type Queues } from '@optout-sync/shared/queues';

/**
 * Puts what a letter holds back to work, behind live traffic, for a replay run. Safe to repeat and never out of date: an
 * event is judged by the ledger again, so an old STOP does not undo a newer START, and a sync writes what the ledger holds
 * now. Gives why the letter cannot be replayed, if so; throws what Redis throws.
 */
export async function requeue(
  queues: Queues,
  { stage, undone }: Pick<DeadLetter, 'stage' | 'undone'>,
  run: string,
): Promise<string | undefined> {
  const how = { lane: 'background', run } as const;
  switch (undone.type) {
    case 'event':
      await enqueueInbound(queues, undone.event, how);
      return undefined;
    case 'sync':
      await enqueueSync(queues, undone.request, how);
      return undefined;
    case 'forward':
      await enqueueForwardAgain(queues, undone.request, how);
      return undefined;
    case 'raw':
      return `it was not understood at ${stage}: nothing to repeat; override by hand if need be, then discard it`;
    default:
      return undone satisfies never;
  }
}
