import { bulkhead } from 'cockatiel';
import type { FoundTogether, SlotClass } from '@optout-sync/customerio';
import type { E164 } from '@optout-sync/shared/domain';
import { withLinks, type linkOf } from '@optout-sync/shared/tracing';

/** How long a batch that is written waits behind searches, in ms. */
const YIELDS_FOR_MS = 60_000;
/** From one `hold` of a batch to the next, in ms. */
const HOLD_EVERY_MS = 10_000;
/** Batches whose people are matched or stored at once. */
const CONCURRENCY = 4;
/** Batches that wait at most: more than are searched for in the time for which they yield. */
const MAX_WAITING = 600;

/** A job of a batch. It ends before its phone is matched. */
export interface DeferredJob {
  /** What has to be stored before a phone is matched. */
  readonly storing: Promise<unknown>;
  /** Its span, which the request that matches the phones is linked to. */
  readonly link?: ReturnType<typeof linkOf>;
}

/** What happens to the phones of a batch. None of it may throw. */
export interface BatchEvents {
  /** Is called every ten seconds while the batch waits. */
  readonly hold: () => Promise<unknown>;
  /** It is known who has the phone. */
  readonly matched: (phone: E164, people: readonly string[]) => Promise<unknown>;
  /** It will not be known. */
  readonly failed: (error: unknown) => Promise<unknown>;
}

/**
 * Matches people to phones after they were written to. Its requests are in the prompt lane, so that searches go first, and in
 * the live lane after a minute.
 *
 *   waiting   -> matching in its turn, the oldest batch first
 *   matching  -> done when every phone is stored, or has failed
 *
 * What waits is in memory only. Whoever defers a batch has to find its phones again when this process dies.
 */
export class DeferredMatching {
  private readonly inTurn = bulkhead(CONCURRENCY, Infinity);
  private readonly jobs = new Map<FoundTogether, DeferredJob[]>();

  /** Whether so much waits that nothing more should be deferred. */
  get isFull(): boolean {
    return this.jobs.size >= MAX_WAITING;
  }

  /** Defers the matching of a batch, once for all its phones. Each job of the batch calls it, before anything else. */
  defer(batch: FoundTogether, job: DeferredJob, events: BatchEvents): void {
    const known = this.jobs.get(batch);
    if (known) known.push(job);
    else void this.run(batch, [job], events);
  }

  private async run(batch: FoundTogether, jobs: DeferredJob[], events: BatchEvents): Promise<void> {
    this.jobs.set(batch, jobs);
    const since = performance.now();
    const holding = setInterval(() => void events.hold(), HOLD_EVERY_MS).unref();
    try {
      await this.inTurn.execute(async () => {
        const lane: SlotClass['lane'] = performance.now() - since < YIELDS_FOR_MS ? 'prompt' : 'live';
        // The other jobs of the batch are found at the same moment as the first one.
        await Promise.resolve();
        const links = jobs.map(({ link }) => link);
        const people = await withLinks(links, () => batch.tellApart({ slot: { lane } }));
        await Promise.allSettled(jobs.map(({ storing }) => storing));
        await Promise.all(batch.phones.map((phone) => events.matched(phone, people.get(phone) ?? [])));
      });
    } catch (error) {
      await events.failed(error);
    } finally {
      clearInterval(holding);
      this.jobs.delete(batch);
    }
  }
}
