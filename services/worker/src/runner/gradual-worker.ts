import type { Job } from 'bullmq';
import { LenientWorker } from './lenient-worker';

/** Jobs that are fetched before the first of them starts. More would delay it, fewer would leave slots free between two fetches. */
const FETCHED_AHEAD = 10;

/**
 * A BullMQ worker that starts each job soon after it is fetched. BullMQ's own fetches jobs one by one until all its slots are taken,
 * and starts none of them before: with hundreds of slots, a backlog and a busy machine, that takes seconds, for a live opt-out too.
 * Here there are a few slots more than jobs that run, up to the concurrency that was asked for.
 */
export class GradualWorker<Data> extends LenientWorker<Data> {
  private readonly slots = this.concurrency;
  private inProgress = 0;

  constructor(...args: ConstructorParameters<typeof LenientWorker<Data>>) {
    super(...args);
    this.openSlots();
  }

  /** Until the job is finished in Redis, which also fetches the next one. */
  override async processJob(
    ...args: Parameters<LenientWorker<Data>['processJob']>
  ): Promise<void | Job<Data, string>> {
    this.inProgress += 1;
    this.openSlots();
    try {
      return await super.processJob(...args);
    } finally {
      this.inProgress -= 1;
      this.openSlots();
    }
  }

  private openSlots(): void {
    this.concurrency = Math.min(this.slots, this.inProgress + FETCHED_AHEAD);
  }
}
