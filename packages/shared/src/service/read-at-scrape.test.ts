import type { MetricDefinition } from './metric-definitions';
import { gaugesReadAtScrape } from './read-at-scrape';
import { createRegistry } from './registry';

const GAUGES = {
  one: { name: 'optout_one', help: 'One.', type: 'gauge', labels: ['place'] },
  two: { name: 'optout_two', help: 'Two.', type: 'gauge', labels: ['place'] },
} as const satisfies Record<string, MetricDefinition>;

const samples = async (registry: ReturnType<typeof createRegistry>) =>
  (await registry.metrics()).match(/^optout_(one|two).*$/gm) ?? [];

describe('gauges that are read at a scrape', () => {
  it('share one read', async () => {
    const registry = createRegistry('test');
    let reads = 0;
    gaugesReadAtScrape(registry, GAUGES, () => {
      reads += 1;
      return Promise.resolve(({ one, two }) => {
        one.set({ place: 'a' }, reads);
        two.set({ place: 'b' }, reads);
      });
    });
    expect(await samples(registry)).toEqual([
      'optout_one{place="a",service="test"} 1',
      'optout_two{place="b",service="test"} 1',
    ]);
    expect((await samples(registry))[0]).toBe('optout_one{place="a",service="test"} 2');
  });

  it('are left out of a scrape while their read hangs, which is not begun twice', async () => {
    const registry = createRegistry('test');
    const read = jest.fn(() => new Promise<never>(() => undefined));
    gaugesReadAtScrape(registry, GAUGES, read);
    expect(await samples(registry)).toEqual([]);
    expect(await samples(registry)).toEqual([]);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await registry.metrics()).toContain('process_cpu_seconds_total');
  });

  it('are left out when their read fails, and are back with the next one', async () => {
    const registry = createRegistry('test');
    let works = false;
    gaugesReadAtScrape(registry, GAUGES, () =>
      works
        ? Promise.resolve(({ one }) => {
            one.set({ place: 'a' }, 1);
          })
        : Promise.reject(new Error('Redis is away')),
    );
    expect(await samples(registry)).toEqual([]);
    works = true;
    expect(await samples(registry)).toHaveLength(1);
  });
});
