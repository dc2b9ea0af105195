import type { Subject } from '@optout-sync/shared/domain';
import { enqueueSync, isSyncQueued, type Lane, type Queues } from '@optout-sync/shared/queues';
import type { SyncMark, SyncMarks } from '@optout-sync/shared/reconcile';

/** Phones of a workspace whose forced sync has been asked for and has not ended. */
const MAX_OPEN = 100;

/** Asks for forced syncs. The reconciler has a bounded number of them open at a time. */
export class ForcedSyncRequests {
  /** Where the search for lost jobs continues, by workspace. */
  private readonly cursors = new Map<string, string>();

  constructor(
    private readonly deps: { readonly marks: SyncMarks; readonly queues: Pick<Queues, 'shardOf'> },
  ) {}

  /** Returns how many more may be asked for now. */
  async capacity(workspace: string): Promise<number> {
    return MAX_OPEN - (await this.deps.marks.count(workspace));
  }

  /** Safe to repeat. */
  async request(
    subject: Subject,
    mark: Pick<SyncMark, 'reason' | 'mode'>,
    lane: Lane = 'background',
  ): Promise<void> {
    const { marks, queues } = this.deps;
    await marks.set(subject, mark);
    await enqueueSync(queues, { version: 1, ...subject }, { lane });
  }

  /** Enqueues the syncs of phones that have been marked for `olderThanMs` and have no job. Examines some with each call. */
  async repeatLost(workspace: string, olderThanMs: number): Promise<void> {
    const { marks, queues } = this.deps;
    const before = Date.now() - olderThanMs;
    const page = await marks.page(workspace, this.cursors.get(workspace) ?? '0');
    this.cursors.set(workspace, page.next);
    for (const { subject, at } of page.marks) {
      if (at > before || (await isSyncQueued(queues, subject))) continue;
      await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
    }
  }
}
