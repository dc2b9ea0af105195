import type { PeopleChange } from './people-change';
import { PRIORITY } from './lane';
import type { Queues } from './queues';

/** Enqueues changed people, with one command. Repeating it while a job waits does not add that job again. */
export async function enqueuePeopleBatch(
  { people }: Pick<Queues, 'people'>,
  changes: readonly PeopleChange[],
): Promise<void> {
  await people.addBulk(
    changes.map((change) => ({
      name: 'people',
      data: { payload: change },
      opts: { jobId: jobIdOf(change) },
    })),
  );
}

/** Enqueues changed people that had failed, for a replay run. Repeating it while the job waits adds nothing. */
export async function enqueuePeopleAgain(
  { people }: Pick<Queues, 'people'>,
  change: PeopleChange,
  run: string,
  replayOf?: string,
): Promise<void> {
  const opts = { jobId: `${jobIdOf(change)}-${run}`, priority: PRIORITY.background };
  await people.add('people', { payload: change, run, replayOf }, opts);
}

const jobIdOf = ({ id }: PeopleChange): string => `pc-${id}`;
