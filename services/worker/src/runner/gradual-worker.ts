import { LenientWorker } from './lenient-worker';

/** Slots that are opened at once. With more, a job waits longer for those that are fetched after it. */
const SLOTS_AT_ONCE = 25;

/**
 * A BullMQ worker that opens its slots some at a time. BullMQ's own fetches jobs one by one until all slots are taken, and starts none
 * of them before: with hundreds of slots, a backlog and a busy machine, that takes seconds, for a live opt-out too.
 *
 *   all open slots run a job       -> 25 more are opened, up to the concurrency that was asked for
 *   a job ends and no other comes  -> all but 25 of the free ones are closed
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
  ): ReturnType<LenientWorker<Data>['processJob']> {
    this.inProgress += 1;
    if (this.inProgress >= this.concurrency) this.openSlots();
    let hasNext = false;
    try {
      const next = await super.processJob(...args);
      hasNext = next !== undefined;
      return next;
    } finally {
      this.inProgress -= 1;
      if (!hasNext) this.openSlots();
    }
  }

  private openSlots(): void {
    this.concurrency = Math.min(this.slots, this.inProgress + SLOTS_AT_ONCE);
  }
}
