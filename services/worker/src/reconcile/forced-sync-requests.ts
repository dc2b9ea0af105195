import type { Subject } from '@optout-sync/shared/domain';
import { enqueueSync, isSyncQueued, type Queues } from '@optout-sync/shared/queues';
import type { SyncMark, SyncMarks } from '@optout-sync/shared/reconcile';

/** Phones of a workspace whose forced sync has been asked for and has not ended. */
const MAX_OPEN = 100;

/** Asks for forced syncs in the background, a bounded number at a time. */
export class ForcedSyncRequests {
  constructor(
    private readonly deps: { readonly marks: SyncMarks; readonly queues: Pick<Queues, 'shardOf'> },
  ) {}

  /** Returns how many more may be asked for now. */
  async capacity(workspace: string): Promise<number> {
    return MAX_OPEN - (await this.deps.marks.count(workspace));
  }

  /** Safe to repeat. */
  async request(subject: Subject, mark: Pick<SyncMark, 'reason' | 'mode'>): Promise<void> {
    const { marks, queues } = this.deps;
    await marks.set(subject, mark);
    await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
  }

  /** Enqueues the syncs of phones that have been marked for `olderThanMs` and have no job. */
  async repeatLost(workspace: string, olderThanMs: number): Promise<void> {
    const { marks, queues } = this.deps;
    const before = Date.now() - olderThanMs;
    for (const { subject, at } of await marks.all(workspace)) {
      if (at > before || (await isSyncQueued(queues, subject))) continue;
      await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
    }
  }
}
