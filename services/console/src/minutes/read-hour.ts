import type { MinuteOfActivity } from '@optout-sync/shared/service';
import { wrongTypeKey } from '@optout-sync/shared/redis';
import { ActivityStore } from '@optout-sync/shared/service';
import type { Stores } from '@optout-sync/operations';

/** One count of each of the last 60 minutes, the present one last. */
interface MinuteSeries {
  readonly name: string;
  readonly tone: 'good' | 'bad' | 'quiet';
  readonly counts: readonly number[];
}

/** What happened in the last hour, minute by minute. */
export interface Hour {
  /** When the first minute began, in ms since 1970 by Redis' clock. */
  readonly since: number;
  readonly series: readonly MinuteSeries[];
}

/**
 * @param now in ms since 1970, by Redis' clock
 * @returns `undefined` where another program wrote a key of it
 */
export async function readHour(
  { redis, prefix }: Pick<Stores, 'redis' | 'prefix'>,
  now: number,
): Promise<Hour | undefined> {
  try {
    return hourOf(await new ActivityStore(redis, prefix).readMinutes(now));
  } catch (error) {
    if (wrongTypeKey(error) === undefined) throw error;
    return undefined;
  }
}

/** `received` are the webhooks of ingest, whatever became of them; the others are outcomes of events. */
function hourOf(minutes: readonly MinuteOfActivity[]): Hour {
  const outcome = (name: string, tone: MinuteSeries['tone'], heading = name): MinuteSeries => ({
    name: heading,
    tone,
    counts: minutes.map(({ counts }) => counts.worker[name] ?? 0),
  });
  return {
    since: minutes[0]?.startsAt ?? 0,
    series: [
      {
        name: 'received',
        tone: 'quiet',
        counts: minutes.map(({ counts }) => sum(Object.values(counts.ingest))),
      },
      outcome('applied', 'good'),
      outcome('no_match', 'quiet', 'no match'),
      outcome('dead_lettered', 'bad', 'dead-lettered'),
    ],
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
