import type { DeadLetter } from '../queues/jobs';
import { enqueueForwardAgain, enqueueInbound, enqueueSync, type Queues } from '../queues/queues';

/** A letter as operators see it. */
export interface FiledLetter {
  readonly id: string;
  readonly letter: DeadLetter;
}

/** Why a letter could not be replayed. */
export class ReplayError extends Error {
  constructor(
    readonly code: 'letter_not_found' | 'letter_not_replayable',
    message: string,
  ) {
    super(message);
    this.name = 'ReplayError';
  }
}

/** A page of letters, the oldest first, and how many there are in all. */
export async function listDeadLetters(
  { deadLetters }: Pick<Queues, 'deadLetters'>,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ letters: FiledLetter[]; total: number }> {
  const [jobs, total] = await Promise.all([
    deadLetters.getJobs(['waiting'], page.offset, page.offset + page.limit - 1, true),
    deadLetters.getJobCountByTypes('waiting'),
  ]);
  return { letters: jobs.map((job) => ({ id: job.id ?? '', letter: job.data })), total };
}

export async function getDeadLetter(
  { deadLetters }: Pick<Queues, 'deadLetters'>,
  id: string,
): Promise<FiledLetter | undefined> {
  const job = await deadLetters.getJob(id);
  return job && { id, letter: job.data };
}

/**
 * Puts what a letter holds back to work and takes the letter away. Safe to repeat and never out of date: an event is
 * judged by the ledger again, so an old STOP does not undo a newer START, and a sync writes what the ledger holds now.
 * The letter goes last: after a crash in between it is still there, and replaying it again changes nothing. It stays when
 * what it holds has failed again by then.
 */
export async function replayDeadLetter(queues: Queues, id: string): Promise<FiledLetter> {
  const filed = await getDeadLetter(queues, id);
  if (!filed) throw new ReplayError('letter_not_found', `there is no dead letter ${id}`);
  const { stage, undone } = filed.letter;
  switch (undone.type) {
    case 'event':
      await enqueueInbound(queues, undone.event);
      break;
    case 'sync':
      await enqueueSync(queues, undone.request);
      break;
    case 'forward':
      await enqueueForwardAgain(queues, undone.request);
      break;
    case 'raw':
      throw new ReplayError(
        'letter_not_replayable',
        `dead letter ${id} holds data that was not understood at ${stage}: there is nothing to repeat`,
      );
    default:
      undone satisfies never;
  }
  const now = await getDeadLetter(queues, id);
  if (now?.letter.lastFailedAt === filed.letter.lastFailedAt) await queues.deadLetters.remove(id);
  return filed;
}
