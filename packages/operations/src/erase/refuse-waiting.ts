import { Channel, DestinationName, type E164 } from '@optout-sync/shared/domain';
import { isDestinationQueued, isSyncQueued, unpackRawBatch, type RawBatch } from '@optout-sync/shared/queues';
import { ActivityStore } from '@optout-sync/shared/service';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { namesOf } from './names-of';

type WaitingStores = Pick<Stores, 'queues' | 'redis' | 'prefix' | 'ledger'>;

/** Jobs of one queue that are looked through. A longer queue is worked off first. */
const MAX_JOBS = 50_000;
const PAGE_SIZE = 500;

/**
 * Refuses to erase a phone while something of it waits: it would come back with its number, its message or its people. Syncs are told
 * by their phone, other jobs are read; a spool cannot be read from here, so it must be empty.
 *
 * @returns whether the spools are known to be empty: not where no ingest reports
 * @throws {OperationError} `messages_waiting`
 */
export async function refuseWaiting(
  stores: WaitingStores,
  { phone, workspaces }: { readonly phone: E164; readonly workspaces: readonly string[] },
): Promise<'empty' | 'unknown'> {
  const spool = await stateOfSpools(stores);
  if (spool === 'in_use') throw waits('messages wait in the spool of ingest, which cannot be read from here');
  const queue = await queueOf(stores, phone, workspaces);
  if (queue !== undefined) throw waits(`a job of the phone waits in ${queue}`);
  return spool;
}

/** The error of something of a phone that comes back after its erasure. */
export const waits = (what: string): OperationError =>
  new OperationError(
    'messages_waiting',
    `${what}; erased now, it would come back: repeat this when \`optout-sync status\` shows that nothing waits`,
    'failed',
  );

async function stateOfSpools({
  redis,
  prefix,
  ledger,
}: WaitingStores): Promise<'empty' | 'in_use' | 'unknown'> {
  const { instances } = await new ActivityStore(redis, prefix).read(await ledger.now());
  const spools = instances.flatMap(({ spool }) => spool ?? []);
  if (spools.length === 0) return 'unknown';
  return spools.some(({ items }) => items > 0) ? 'in_use' : 'empty';
}

/** The name of a queue that has a job of a phone. */
async function queueOf(
  { queues }: WaitingStores,
  phone: E164,
  workspaces: readonly string[],
): Promise<string | undefined> {
  const subjects = workspaces.flatMap((workspace) =>
    Channel.options.map((channel) => ({ workspace, channel, phone })),
  );
  for (const subject of subjects) {
    if (await isSyncQueued(queues, subject)) return queues.syncOf(subject.workspace).name;
    for (const destination of DestinationName.options) {
      if (await isDestinationQueued(queues, destination, subject)) {
        return queues.destinationOf(destination, subject.workspace).name;
      }
    }
  }
  const { inbound, people, forwards, batches } = queues;
  for (const queue of [inbound, people, forwards]) {
    if (await hasJob(queue, phone, dataOf)) return queue.name;
  }
  return (await hasJob(batches, phone, textOf)) ? batches.name : undefined;
}

/** The active jobs last: one that leaves the others meanwhile is among these, or has ended before anything is erased. */
const STATES = [['waiting', 'prioritized', 'delayed'], ['active']] as const;
type State = (typeof STATES)[number][number];

interface JobOf<Data> {
  readonly data: Data;
}

/** What is read of a queue. */
interface QueueOf<Data> {
  readonly name: string;
  getJobCountByTypes(...states: State[]): Promise<number>;
  getJobs(states: State[], from: number, to: number, isAscending: boolean): Promise<readonly JobOf<Data>[]>;
}

/** Whether a job of a queue names the phone. The latest are first: those that end meanwhile leave at the other end. */
async function hasJob<Data>(
  queue: QueueOf<Data>,
  phone: E164,
  text: (job: JobOf<Data>) => Promise<string>,
): Promise<boolean> {
  const count = await queue.getJobCountByTypes(...STATES.flat());
  if (count > MAX_JOBS) throw waits(`${String(count)} jobs wait in ${queue.name}, too many to look through`);
  const names = namesOf(phone);
  for (const states of STATES) {
    for await (const job of jobsIn(queue, states)) if (names.test(await text(job))) return true;
  }
  return false;
}

async function* jobsIn<Data>(queue: QueueOf<Data>, states: readonly State[]): AsyncGenerator<JobOf<Data>> {
  for (let from = 0; ; from += PAGE_SIZE) {
    const jobs = await queue.getJobs([...states], from, from + PAGE_SIZE - 1, false);
    if (jobs.length === 0) return;
    yield* jobs;
  }
}

const dataOf = ({ data }: JobOf<unknown>): Promise<string> => Promise.resolve(JSON.stringify(data));

/** A batch that cannot be unpacked is no batch of ours: the worker makes a dead letter of it. */
const textOf = async ({ data }: JobOf<{ readonly payload: RawBatch }>): Promise<string> =>
  unpackRawBatch(data.payload).then(String, () => '');
