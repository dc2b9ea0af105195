import { Gauge, type Registry } from 'prom-client';
import { configurationOf, type MetricDefinition } from './metric-definitions';
import { withTimeout } from './timing';

/** In ms. A scrape waits for no read longer than this. All reads of a scrape run at once, so it is answered within a second. */
export const SCRAPE_READ_MS = 800;

/**
 * Registers gauges that one read sets at each scrape.
 *
 * A read that has not ended in time leaves a gap, which is visible where a stale value is not; the next scrape waits for the same
 * read instead of beginning another, so that a Redis that hangs collects no reads.
 *
 * @param read resolves with a function that sets the gauges, which are empty then; called once for a scrape
 * @param gap sets the gauges where the read fails or is late; the default leaves them out
 */
export function gaugesReadAtScrape<const Definitions extends Readonly<Record<string, MetricDefinition>>>(
  registry: Registry,
  definitions: Definitions,
  read: () => Promise<(gauges: Gauges<Definitions>) => void>,
  gap?: (gauges: Gauges<Definitions>) => void,
): void {
  let running: Promise<(gauges: Gauges<Definitions>) => void> | undefined;
  let scrape: Promise<void> | undefined;
  const collectAll = async (): Promise<void> => {
    running ??= read().finally(() => {
      running = undefined;
    });
    const set = await withTimeout(running, SCRAPE_READ_MS).catch(() => gap);
    for (const gauge of Object.values<Gauge>(gauges)) gauge.reset();
    set?.(gauges);
  };
  const gauges = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const gauge = new Gauge({
        ...configurationOf(definition, registry),
        // The registry collects all of its metrics at once: the first gauge begins the read, the others wait for it.
        collect: () =>
          (scrape ??= collectAll().finally(() => {
            scrape = undefined;
          })),
      });
      return [name, gauge];
    }),
  ) as unknown as Gauges<Definitions>;
}

export type Gauges<Definitions extends Readonly<Record<string, MetricDefinition>>> = {
  readonly [Name in keyof Definitions]: Gauge<Definitions[Name]['labels'][number]>;
};
