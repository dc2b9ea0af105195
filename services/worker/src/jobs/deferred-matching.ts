import { bulkhead } from 'cockatiel';
import { MAX_PEOPLE_PER_READ, type FoundTogether, type SlotClass } from '@optout-sync/customerio';
import type { TracedSubject } from '@optout-sync/shared/queues';
import { withLinks, type linkOf } from '@optout-sync/shared/tracing';
import type { AfterJobs } from '../runner/after-jobs';

/** How long a batch that is written waits behind searches, in ms. */
const YIELDS_FOR_MS = 60_000;
/** From one `hold` of a batch to the next, in ms. */
const HOLD_EVERY_MS = 10_000;
/** Requests at once. */
const CONCURRENCY = 4;
/** Batches that wait at most: more than are searched for in the time for which they yield. */
const MAX_WAITING = 600;

/** A job of a batch. It ends before its phone is matched. */
export interface DeferredJob {
  readonly subject: TracedSubject;
  /** What has to be stored before the phone is matched. */
  readonly storing: Promise<unknown>;
  /** Its span, which the request that matches the phones is linked to. */
  readonly link?: ReturnType<typeof linkOf>;
}

/** What happens to the phones of a batch. None of it may throw. */
export interface MatchingEvents {
  /** Is called every ten seconds while they wait. */
  readonly hold: (subjects: readonly TracedSubject[]) => Promise<unknown>;
  /** It is known who has the phone. */
  readonly matched: (subject: TracedSubject, people: readonly string[]) => Promise<unknown>;
  /** It will not be known. */
  readonly failed: (subjects: readonly TracedSubject[], error: unknown) => Promise<unknown>;
}

/** A batch, and its jobs so far. */
interface Deferred {
  readonly batch: FoundTogether;
  readonly jobs: DeferredJob[];
  /** By `performance.now()`. */
  readonly since: number;
  readonly holding: NodeJS.Timeout;
}

/**
 * Matches people of a workspace to phones after they were written to. A request reads the people of as many batches as it has
 * room for. It is in the prompt lane, so that searches go first, and in the live lane when its oldest batch is a minute old.
 *
 *   waiting   -> matching in its turn, the oldest batch first
 *   matching  -> done when every phone is stored, or has failed
 *
 * What waits is in memory only. Whoever defers a batch has to find its phones again when this process dies.
 */
export class DeferredMatching {
  private readonly inTurn = bulkhead(CONCURRENCY, Infinity);
  private readonly unfinished = new Map<FoundTogether, Deferred>();
  /** The oldest first. */
  private readonly waiting: Deferred[] = [];

  constructor(
    private readonly events: MatchingEvents,
    private readonly afterJobs: Pick<AfterJobs, 'add'>,
  ) {}

  /** Whether so much waits that nothing more should be deferred. */
  get isFull(): boolean {
    return this.unfinished.size >= MAX_WAITING;
  }

  /** Defers the matching of a batch, once for all its phones. Each job of the batch calls it, before anything else. */
  defer(batch: FoundTogether, job: DeferredJob): void {
    const known = this.unfinished.get(batch);
    if (known) {
      known.jobs.push(job);
      return;
    }
    const jobs = [job];
    const holding = setInterval(() => void this.events.hold(subjectsOf(jobs)), HOLD_EVERY_MS).unref();
    const deferred = { batch, jobs, since: performance.now(), holding };
    this.unfinished.set(batch, deferred);
    this.waiting.push(deferred);
    this.afterJobs.add(this.inTurn.execute(() => this.matchOldest()));
  }

  private async matchOldest(): Promise<void> {
    const [oldest, ...others] = this.takeOldest();
    // Was matched together with an older one.
    if (!oldest) return;
    const together = [oldest, ...others];
    const lane: SlotClass['lane'] = performance.now() - oldest.since < YIELDS_FOR_MS ? 'prompt' : 'live';
    // The other jobs of a batch are found at the same moment as its first one.
    await Promise.resolve();
    const links = together.flatMap(({ jobs }) => jobs.map(({ link }) => link));
    const cioIds = new Set(together.flatMap(({ batch }) => batch.cioIds));
    const stored = withLinks(links, () => oldest.batch.readPhones([...cioIds], { slot: { lane } }));
    await Promise.all(together.map((deferred) => this.finish(deferred, stored)));
  }

  /** Takes batches out of those that wait: the oldest one, and those after it whose people fit in the same request. */
  private takeOldest(): Deferred[] {
    let people = 0;
    const end = this.waiting.findIndex(({ batch }, n) => {
      people += batch.cioIds.length;
      return n > 0 && people > MAX_PEOPLE_PER_READ;
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private async finish(
    { batch, jobs, holding }: Deferred,
    stored: ReturnType<FoundTogether['readPhones']>,
  ): Promise<void> {
    try {
      const people = batch.tellApart(await stored);
      await Promise.allSettled(jobs.map(({ storing }) => storing));
      await Promise.all(
        jobs.map(({ subject }) => this.events.matched(subject, people.get(subject.phone) ?? [])),
      );
    } catch (error) {
      await this.events.failed(subjectsOf(jobs), error);
    } finally {
      clearInterval(holding);
      this.unfinished.delete(batch);
    }
  }
}

function subjectsOf(jobs: readonly DeferredJob[]): TracedSubject[] {
  return jobs.map(({ subject }) => subject);
}
