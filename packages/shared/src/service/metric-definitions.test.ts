import { Registry } from 'prom-client';
import { deadLettersTotal, metricsOf } from './metric-definitions';

describe('metricsOf', () => {
  it('registers each definition with its type, labels and buckets', async () => {
    const registry = new Registry();
    const { jobs, paused, seconds } = metricsOf(registry, {
      jobs: { name: 'optout_jobs_total', help: 'Jobs.', type: 'counter', labels: ['queue'] },
      paused: { name: 'optout_paused', help: 'Paused.', type: 'gauge', labels: [] },
      seconds: {
        name: 'optout_seconds',
        help: 'Time.',
        type: 'histogram',
        labels: ['queue'],
        buckets: [1, 2],
      },
    });
    jobs.inc({ queue: 'sync' });
    paused.set(1);
    seconds.observe({ queue: 'sync' }, 1.5);
    const text = await registry.metrics();
    expect(text).toContain('optout_jobs_total{queue="sync"} 1');
    expect(text).toContain('optout_paused 1');
    expect(text.match(/optout_seconds_bucket.*/g)).toEqual([
      'optout_seconds_bucket{le="1",queue="sync"} 0',
      'optout_seconds_bucket{le="2",queue="sync"} 1',
      'optout_seconds_bucket{le="+Inf",queue="sync"} 1',
    ]);
  });
});

test('dead letters are counted by stage and code', async () => {
  const registry = new Registry();
  deadLettersTotal(registry).inc({ stage: 'sync', code: 'poison_job' });
  expect(await registry.metrics()).toContain('optout_dead_letters_total{stage="sync",code="poison_job"} 1');
});
