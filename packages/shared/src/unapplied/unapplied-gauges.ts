import type { Registry } from 'prom-client';
import { SCRAPE_READ_MS, gaugesReadAtScrape, type Gauges } from '../service/read-at-scrape';
import { NO_LIVE_STOPS, sumLiveStops, type LiveStops, type LiveStopsByWorkspace } from './live-stops';
import type { UnappliedReader } from './unapplied-reader';
import { UNAPPLIED_METRICS } from './metrics';

/**
 * Registers the gauges of what Customer.io does not hold yet.
 *
 * @param options.workspaces those that start at 0
 * @param options.inSpool returns what waits in the spool of this process
 */
export function registerUnappliedGauges(
  registry: Registry,
  options: {
    readonly workspaces: readonly string[];
    readonly reader: Pick<UnappliedReader, 'read' | 'known'>;
    readonly inSpool?: ((now: number) => LiveStopsByWorkspace) | undefined;
    readonly now?: () => number;
  },
): void {
  const { workspaces, reader, inSpool, now = Date.now } = options;
  const set = (gauges: Gauges<typeof UNAPPLIED_METRICS>): void => {
    const at = now();
    const known = reader.known(at);
    const spooled = inSpool?.(at);
    if (spooled) setSpooled(gauges, workspaces, spooled);
    for (const workspace of workspaces) {
      const here = spooled?.get(workspace);
      const places = [known?.liveStops.get(workspace), here];
      const present = places.filter((place): place is LiveStops => place !== undefined);
      // Nothing is known before Redis has answered.
      if (!known && present.length === 0) continue;
      const { count, late, oldest } = sumLiveStops([NO_LIVE_STOPS, ...present]);
      gauges.unapplied.set({ workspace }, count);
      gauges.late.set({ workspace }, late);
      gauges.oldest.set({ workspace }, oldest === undefined ? 0 : Math.max(0, at - oldest) / 1_000);
    }
    if (known) gauges.unassigned.set(known.unassigned);
  };
  gaugesReadAtScrape(
    registry,
    UNAPPLIED_METRICS,
    async () => {
      await reader.read(now(), performance.now() + SCRAPE_READ_MS / 2);
      return set;
    },
    set,
  );
}

function setSpooled(
  gauges: Gauges<typeof UNAPPLIED_METRICS>,
  workspaces: readonly string[],
  spooled: LiveStopsByWorkspace,
): void {
  for (const workspace of workspaces) {
    const { count, late } = spooled.get(workspace) ?? NO_LIVE_STOPS;
    gauges.spooled.set({ workspace }, count);
    gauges.lateSpooled.set({ workspace }, late);
  }
}
