import { randomUUID } from 'node:crypto';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { E164 } from '../domain/phone';
import { phone } from '../test-support/stops';
import type { JobData } from './job-data';
import type { SyncRequest } from './jobs';
import { LANES, PRIORITY, type Lane } from './lane';
import { enqueuePhoneJobs, phoneId } from './phone-jobs';
import { closeQueues, openQueues, type Queues } from './queues';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const request = (n: number): SyncRequest => ({
  version: 1,
  workspace: 'default',
  channel: 'sms',
  phone: phone(n) as E164,
});
const ofRun = { run: 'run-1', replayOf: 'dl-1' };
const ofNone = { run: undefined, replayOf: undefined };

type PhoneJob = Job<JobData<SyncRequest>>;

describe('a job of a phone', () => {
  let prefix: string;
  let queues: Queues;
  let consumer: Worker | undefined;
  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    queues = openQueues(redis, prefix);
  });
  afterEach(async () => {
    await consumer?.close();
    consumer = undefined;
    await closeQueues(queues);
  });

  const queue = () => queues.syncOf('default');
  const enqueue = (
    numbers: readonly number[],
    lane: Lane,
    options: typeof ofRun | typeof ofNone = ofNone,
  ): Promise<void> => enqueuePhoneJobs(queue(), 'sync', numbers.map(request), { lane, ...options });
  const take = async (): Promise<PhoneJob | undefined> => {
    consumer ??= new Worker(queue().name, null, { connection: redis, prefix });
    return await consumer.getNextJob('token', { block: false });
  };
  /** The hash of a phone's job, with its JSON parsed and without what differs from job to job. */
  async function stored(n: number): Promise<object> {
    const id = (await queue().getDeduplicationJobId(phoneId(request(n)))) ?? '';
    const { opts = '', data = '', timestamp, ...others } = await redis.hgetall(queue().toKey(id));
    const options = JSON.parse(opts) as { jobId?: string };
    delete options.jobId;
    expect(Date.now() - Number(timestamp)).toBeLessThan(60_000);
    return { ...others, data: JSON.parse(data) as unknown, options };
  }

  it.each(LANES)('of the %s lane is stored as BullMQ itself stores it', async (lane) => {
    for (const options of [ofNone, ofRun]) {
      await queue().drain();
      await enqueue([1], lane, options);
      const ours = await stored(1);
      await queue().add(
        'sync',
        { payload: request(2), ...options },
        {
          jobId: randomUUID(),
          priority: PRIORITY[lane],
          deduplication: { id: phoneId(request(2)), keepLastIfActive: true },
        },
      );
      const theirs = JSON.stringify(await stored(2)).replaceAll(phone(2), phone(1));
      expect(ours).toEqual(JSON.parse(theirs));
    }
  });

  it.each(LANES)('of the %s lane wakes a worker that waits, and not one of a paused queue', async (lane) => {
    await queue().pause();
    await enqueue([1], lane);
    expect(await redis.exists(queue().toKey('marker'))).toBe(0);
    await queue().resume();
    const done: string[] = [];
    consumer = new Worker<JobData<SyncRequest>>(
      queue().name,
      ({ data }) => {
        done.push(data.payload.phone);
        return Promise.resolve();
      },
      { connection: redis, prefix },
    );
    const drained = (): Promise<void> => new Promise((resolve) => consumer?.once('drained', resolve));
    await drained();
    const again = drained();
    await enqueue([2, 3], lane);
    await again;
    expect(done).toEqual([1, 2, 3].map(phone));
  });

  it('that was lost with another master does not keep the next one away', async () => {
    await enqueue([1], 'live');
    await redis.del(queue().toKey((await queue().getDeduplicationJobId(phoneId(request(1)))) ?? ''));
    await redis.del(queue().toKey('wait'));
    await enqueue([1], 'live');
    expect((await take())?.data.payload).toEqual(request(1));
  });

  it('whose request is sent again while it runs, since the connection was lost, is not run once more', async () => {
    const backend = queue().getBackend();
    const client = await backend.client;
    const again: (() => Promise<unknown>)[] = [];
    jest.spyOn(queue(), 'getBackend').mockReturnValueOnce(
      Object.create(backend, {
        client: {
          value: {
            runCommand: (...command: Parameters<typeof client.runCommand>) => {
              again.push(() => client.runCommand(...command));
              return client.runCommand(...command);
            },
          },
        },
      }) as typeof backend,
    );
    await enqueue([1], 'live');
    const job = await take();
    await again[0]?.();
    await job?.moveToCompleted('done', 'token', false);
    expect(await take()).toBeUndefined();
    await enqueue([1], 'live');
    expect((await take())?.data.payload).toEqual(request(1));
  });

  it('whose data are damaged is repaired by a live request', async () => {
    await enqueue([1], 'background', ofRun);
    const id = (await queue().getDeduplicationJobId(phoneId(request(1)))) ?? '';
    await redis.hset(queue().toKey(id), 'data', '{"payl');
    await enqueue([1], 'live');
    const job = await take();
    expect([job?.id, job?.data]).toEqual([id, { payload: request(1) }]);
  });
});
