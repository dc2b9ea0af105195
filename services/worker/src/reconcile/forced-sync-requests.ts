import type { Subject } from '@optout-sync/shared/domain';
import {
  enqueueSync,
  isSyncQueued,
  type Lane,
  type Queues,
  type TracedSubject,
} from '@optout-sync/shared/queues';
import type { SyncMark, SyncMarkRequest, SyncMarks } from '@optout-sync/shared/reconcile';

/** Phones of a workspace whose forced sync has been asked for and has not ended. */
const MAX_OPEN = 100;
/** The same for a pass that an operator asked for, so that a round of one second fills the whole rate limit. */
const MAX_OPEN_OF_REQUESTED = 300;

/**
 * Asks for forced syncs. The reconciler has a bounded number of them open at a time, beside those that people who changed,
 * repeated opt-outs and operators ask for: a pass goes on however many these are.
 */
export class ForcedSyncRequests {
  /** Where the search for lost jobs continues, by workspace. */
  private readonly cursors = new Map<string, string>();

  constructor(
    private readonly deps: {
      readonly marks: SyncMarks;
      readonly queues: Pick<Queues, 'syncOf'>;
      /** In ms since 1970. */
      readonly now: () => number;
    },
  ) {}

  /** Returns how many more may be asked for now, besides those of a pass that an operator asked for. */
  async capacity(workspace: string, { isPassRequested = false } = {}): Promise<number> {
    const open = await this.deps.marks.countOfReconciler(workspace);
    return MAX_OPEN + (isPassRequested ? MAX_OPEN_OF_REQUESTED : 0) - open;
  }

  /** Returns how many more a pass that an operator asked for may ask for now. */
  async capacityOfRequested(workspace: string): Promise<number> {
    return MAX_OPEN_OF_REQUESTED - (await this.deps.marks.countOfReconciler(workspace));
  }

  /** Safe to repeat. */
  async request(subject: TracedSubject, mark: SyncMarkRequest, lane: Lane = 'background'): Promise<void> {
    await this.mark(subject, mark);
    await enqueueSync(this.deps.queues, { version: 1, ...subject }, { lane });
  }

  /**
   * Asks for it with the sync of something new, which has been requested. One that runs may have begun before the mark, so another one
   * follows it.
   */
  async join(subject: Subject, mark: SyncMarkRequest): Promise<void> {
    await this.mark(subject, mark);
    const { queues } = this.deps;
    if (!(await isSyncQueued(queues, subject))) return;
    await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
  }

  private mark(subject: Subject, mark: SyncMarkRequest): Promise<void> {
    return this.deps.marks.set(subject, mark);
  }

  /** Whether a phone is marked, for which this pass asked. */
  async hasOpen(workspace: string, pass: SyncMark['passes']): Promise<boolean> {
    let cursor = '0';
    do {
      const page = await this.deps.marks.page(workspace, cursor);
      if (page.marks.some(({ passes }) => isOf(passes, pass))) return true;
      cursor = page.next;
    } while (cursor !== '0');
    return false;
  }

  /** Enqueues the syncs of phones that have been marked for `olderThanMs` and have no job. Examines some with each call. */
  async repeatLost(workspace: string, olderThanMs: number): Promise<void> {
    const { marks, queues, now } = this.deps;
    const before = now() - olderThanMs;
    const page = await marks.page(workspace, this.cursors.get(workspace) ?? '0');
    this.cursors.set(workspace, page.next);
    for (const { subject, at } of page.marks) {
      if (at > before || (await isSyncQueued(queues, subject))) continue;
      await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
    }
  }
}

function isOf(passes: SyncMark['passes'], { sweep, requested }: SyncMark['passes']): boolean {
  return (
    (sweep !== undefined && passes.sweep === sweep) ||
    (requested !== undefined && passes.requested === requested)
  );
}
