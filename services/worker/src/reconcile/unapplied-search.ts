import type { Subject } from '@optout-sync/shared/domain';
import { enqueueSync, isSyncQueued, type Queues } from '@optout-sync/shared/queues';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';

export interface UnappliedEvents {
  /** An event waited without a sync job, which has been enqueued. */
  unappliedRequested(subject: Subject): void;
}

/** Phones that one search examines. */
const PAGE = 1_000;
/** In ms. An older event must not delay live ones. */
const LIVE_FOR_MS = 3_600_000;

/**
 * Finds phones whose sync job is lost, as when a master of the queues failed over and that of the ledger did not, and enqueues
 * it. Each search continues after the one before, since most phones in a backlog have their job.
 */
export class UnappliedSearch {
  private offset = 0;

  constructor(
    private readonly options: {
      readonly workspace: string;
      readonly unapplied: Pick<UnappliedIndex, 'list'>;
      readonly queues: Pick<Queues, 'shardOf'>;
      readonly afterMs: number;
      readonly telemetry: UnappliedEvents;
    },
  ) {}

  async run(): Promise<void> {
    const { workspace, unapplied, queues, afterMs, telemetry } = this.options;
    const now = Date.now();
    const page = { before: now - afterMs, offset: this.offset, limit: PAGE };
    const waiting = await unapplied.list(workspace, page);
    this.offset = waiting.length < PAGE ? 0 : this.offset + PAGE;
    for (const { subject, receivedAt } of waiting) {
      if (await isSyncQueued(queues, subject)) continue;
      const lane = receivedAt > now - LIVE_FOR_MS ? 'live' : 'background';
      await enqueueSync(queues, { version: 1, ...subject }, { lane });
      telemetry.unappliedRequested(subject);
    }
  }
}
