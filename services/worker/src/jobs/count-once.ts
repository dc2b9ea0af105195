import type { Recorded } from '@optout-sync/shared/ledger';
import type { RunningJob } from '../runner/job-kind';

/** Bounds the memory. A job is repeated within seconds, when its end could not be stored. */
const MAX_JOBS = 1_000;

/**
 * Decides what the metrics count for the events of a job, so that each counts once although its job is repeated or enqueued
 * twice. The ledger tells a repetition from another delivery of the message; this process remembers what it has counted.
 *
 *   the job runs for the first time   a repetition of the same delivery is not counted: the job that it was in before counts it
 *   the job runs again                what an earlier run may have recorded without counting it is counted, unless that was here
 *
 * An event that waits for Customer.io is counted by the sync that ends it. Known hole: when a worker dies, what it counted
 * since the last scrape is lost with it, and what it counted before is counted again if its job had not ended.
 */
export class CountOnce {
  private readonly counted = new Map<string, Set<number>>();

  /** Begins an attempt. The function it returns decides what to count for an event, if anything. */
  begin({ id, isRepeated }: Pick<RunningJob, 'id' | 'isRepeated'>) {
    const counted = this.countedOf(id, isRepeated);
    return (index: number, { result, repeats }: Recorded): Recorded['result'] | undefined => {
      if (counted.has(index)) return undefined;
      counted.add(index);
      if (repeats === undefined) return result;
      return isRepeated && (repeats === 'ignored' || repeats === 'stale') ? repeats : undefined;
    };
  }

  private countedOf(id: string, isRepeated: boolean): Set<number> {
    const present = isRepeated ? this.counted.get(id) : undefined;
    const counted = present ?? new Set<number>();
    // A job that is added again later has the same id.
    this.counted.delete(id);
    this.counted.set(id, counted);
    const [oldest] = this.counted.keys();
    if (this.counted.size > MAX_JOBS && oldest !== undefined) this.counted.delete(oldest);
    return counted;
  }
}
