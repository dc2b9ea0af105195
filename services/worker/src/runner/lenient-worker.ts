import { Worker, createRedisBackend, type BackendFactory, type Job, type JobJson, type Queue } from 'bullmq';
import type { RedisQueueBackend } from 'bullmq';
import { repairFields, toJobData } from './stored-data';

/**
 * A BullMQ worker that also runs jobs whose hash in Redis is damaged. BullMQ's own throws while it fetches such a job: nobody
 * runs it, its lock expires, and it is fetched again for ever, while the job that ended before it may fail with it. Here a job has
 * whatever can be read of it; see `toJobData`. Options that it lost are those of its queue: a job that is not removed at its
 * end would hold up every later one with its id.
 */
export class LenientWorker<Data> extends Worker<Data, string> {
  private readonly jobOptions: Queue['defaultJobOptions'];

  constructor(queue: Queue, ...[processor, options]: WorkerArguments<Data>) {
    super(queue.name, processor, { ...options, prefix: queue.opts.prefix ?? 'bull' }, repairingBackend);
    this.jobOptions = queue.defaultJobOptions;
  }

  protected override createJob(stored: JobJson, jobId: string): Job<Data, string> {
    const job = super.createJob({ ...stored, data: '{}' }, jobId);
    job.data = toJobData(stored.data) as Data;
    const { attempts, ...options } = job.opts;
    job.opts = { ...this.jobOptions, ...options, ...(attempts ? { attempts } : {}) };
    if (Number.isNaN(job.priority)) job.priority = job.opts.priority ?? 0;
    return job;
  }
}

type WorkerArguments<Data> = [
  processor: NonNullable<ConstructorParameters<typeof Worker<Data, string>>[1]>,
  options: Omit<NonNullable<ConstructorParameters<typeof Worker<Data, string>>[2]>, 'prefix'>,
];

/** The backend of BullMQ; the jobs that its scripts return are repaired. */
const repairingBackend: BackendFactory<RedisQueueBackend> = (...given) => {
  const backend = createRedisBackend(...given);
  const execute = backend.execCommand.bind(backend);
  backend.execCommand = (...command) => {
    const result: unknown = execute(...command);
    return result instanceof Promise ? result.then(repaired) : result;
  };
  return backend;
};

/** A script that fetches a job returns a list that starts with the fields of its hash. */
function repaired(result: unknown): unknown {
  const [fields] = Array.isArray(result) ? (result as readonly unknown[]) : [];
  if (Array.isArray(fields)) repairFields(fields as string[]);
  return result;
}
