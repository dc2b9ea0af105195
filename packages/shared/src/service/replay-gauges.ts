import type { Registry } from 'prom-client';
import type { ReplayRuns } from '../dead-letters/replay-runs';
import { REPLAY_GAUGES } from './metric-definitions';
import { gaugesReadAtScrape } from './read-at-scrape';

/** Registers how many replay runs are open and what they have not reached yet, read from Redis at each scrape. */
export function registerReplayGauges(registry: Registry, runs: Pick<ReplayRuns, 'open' | 'get'>): void {
  gaugesReadAtScrape(registry, REPLAY_GAUGES, async () => {
    const ids = await runs.open();
    // A run that only a newer version can read is left out.
    const read = await Promise.all(ids.map((id) => runs.get(id).catch(() => undefined)));
    const open = read.filter((run) => run !== undefined);
    return (gauges) => {
      for (const state of ['waiting', 'running']) {
        gauges.runs.set({ state }, open.filter((run) => run.state === state).length);
      }
      const left = open.map(({ total, done, failed }) => Math.max(0, total - done - failed));
      gauges.left.set(left.reduce((sum, count) => sum + count, 0));
    };
  });
}
