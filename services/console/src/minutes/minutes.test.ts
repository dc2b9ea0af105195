import { randomUUID } from 'node:crypto';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { Redis } from 'ioredis';
import { ActivityStore } from '@optout-sync/shared/service';
import { MinutesChart } from '../views/minutes-chart';
import { readHour } from './read-hour';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const MINUTE = 60_000;

describe('the last hour', () => {
  it('has what the processes counted in each of 60 minutes', async () => {
    const prefix = `test-${randomUUID()}`;
    const now = Math.floor(Date.now() / MINUTE) * MINUTE;
    const store = new ActivityStore(redis, prefix);
    const report = (
      at: number,
      service: 'ingest' | 'worker',
      counts: Record<string, number>,
    ): Promise<void> => store.report({ service, name: service, at }, new Map(Object.entries(counts)));
    await report(now, 'ingest', { accepted: 3, not_a_keyword: 2 });
    await report(now - 2 * MINUTE, 'worker', { applied: 2, dead_lettered: 1 });
    await report(now - 2 * MINUTE + 5, 'worker', { applied: 4 });
    await report(now - 61 * MINUTE, 'worker', { applied: 100 });
    const hour = await readHour({ redis, prefix }, now);
    const countsOf = (name: string): readonly number[] =>
      hour?.series.find((series) => series.name === name)?.counts ?? [];
    expect(hour?.since).toBe(now - 59 * MINUTE);
    expect(countsOf('received')).toHaveLength(60);
    expect(countsOf('received').at(-1)).toBe(5);
    expect(countsOf('applied').slice(-3)).toEqual([6, 0, 0]);
    expect(countsOf('applied').reduce((a, b) => a + b)).toBe(6);
    expect(countsOf('dead-lettered').at(-3)).toBe(1);
    await redis.del(...(await redis.keys(`${prefix}:*`)));
  });

  it('leaves out what is damaged', async () => {
    const prefix = `test-${randomUUID()}`;
    const now = Date.now();
    const key = `${prefix}:activity:${String(Math.floor(now / MINUTE))}`;
    await redis.hset(key, { 'worker:applied': 'NaN', 'worker:no_match': '2', 'x:y': '3', '': '4' });
    const hour = await readHour({ redis, prefix }, now);
    expect(hour?.series.map(({ counts }) => counts.at(-1))).toEqual([0, 0, 2, 0]);
    await redis.del(key);
  });
});

describe('its chart', () => {
  const chart = (counts: readonly number[]): string =>
    renderToString(h(MinutesChart, { name: 'applied', tone: 'good', counts }));

  it('has a bar for each minute, the busiest as high as the chart, and says the numbers', () => {
    const svg = chart([0, 1, 2, 48]);
    expect(svg.match(/<rect/g)).toHaveLength(4);
    expect(svg).toContain('height="48"');
    expect(svg).toContain('aria-label="applied: 51 in the last hour, at most 48 in a minute"');
  });

  it('stays within itself when there was nothing', () => {
    const svg = chart(Array.from({ length: 60 }, () => 0));
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).toContain('applied: 0 in the last hour"');
  });
});
