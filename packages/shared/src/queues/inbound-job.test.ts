import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import { stop } from '../test-support/stops';
import { enqueueInbound, enqueueInboundBatch, enqueueReplayedEvents, enqueueSplit } from './enqueue-inbound';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, cutBatches, inboundJobId, itemsOf } from './inbound-job';
import { closeQueues, openQueues, type Queues } from './queues';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const bytes = (events: readonly InboundEvent[]): number =>
  Buffer.byteLength(JSON.stringify({ version: 2, events }));

describe('the batches of a list of events', () => {
  const events = fc
    .array(fc.nat(9_000), { maxLength: 160 })
    .map((sizes) => sizes.map((size, n) => stop(n, { source: 'manual', why: 'é'.repeat(size % 1_000) })));

  it('hold all of it in its order, at most 50 events and 32 kB each, and no fewer than fit', () => {
    fc.assert(
      fc.property(events, (all) => {
        const batches = cutBatches(all.map((event) => ({ event }))).map((batch) =>
          batch.map(({ event }) => event),
        );
        expect(batches.flat()).toEqual(all);
        for (const [n, batch] of batches.entries()) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(MAX_BATCH_EVENTS);
          expect(bytes(batch)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
          const [next] = batches[n + 1] ?? [];
          const isFull = batch.length === MAX_BATCH_EVENTS || bytes([...batch, next!]) > MAX_BATCH_BYTES;
          expect(next === undefined || isFull).toBe(true);
        }
      }),
    );
  });

  it('give an event of more than 32 kB a job of its own', () => {
    const long = stop(2, { source: 'manual', keyword: 'x'.repeat(40_000) });
    const batches = cutBatches([stop(1), long, stop(3), stop(4)].map((event) => ({ event })));
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 2]);
  });
});

describe('the id of a job', () => {
  it('is no number and has no colon, which BullMQ refuses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(999), { minLength: 1, maxLength: 5 }),
        fc.option(fc.string()),
        (ns, run) => {
          expect(
            inboundJobId(
              ns.map((n) => stop(n)),
              run ?? undefined,
            ),
          ).toMatch(/^b[0-9a-f]{32}$/);
        },
      ),
    );
  });

  it('is that of its messages, their kinds and sources in their order, and of the run', () => {
    const list = [stop(1), stop(2)];
    const same = list.map((event) => ({ ...event, receivedAt: event.receivedAt + 5 }));
    expect(inboundJobId(same)).toBe(inboundJobId(list));
    const others = [
      inboundJobId(list.toReversed()),
      inboundJobId([stop(1)]),
      inboundJobId([stop(1), stop(2, { source: 'studio' })]),
      inboundJobId([stop(1), stop(2, { kind: 'start' })]),
      inboundJobId(list, 'run-1'),
      inboundJobId(list, 'run-2'),
      inboundJobId(list),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});

describe('the items of a job', () => {
  it('are the events of a batch, each with the dead letter that it was', () => {
    const payload = { version: 2, events: [stop(1), { version: 3 }, 'odd'] };
    expect(itemsOf({ payload })).toEqual(payload.events.map((raw) => ({ raw, replayOf: undefined })));
    expect(
      itemsOf({ payload, eventReplayOf: ['dl-1', null, 'dl-3'] }).map(({ replayOf }) => replayOf),
    ).toEqual(['dl-1', undefined, 'dl-3']);
    // A batch that was one raw dead letter.
    expect(itemsOf({ payload, replayOf: 'dl-1' }).map(({ replayOf }) => replayOf)).toEqual([
      'dl-1',
      'dl-1',
      'dl-1',
    ]);
  });

  it.each([
    stop(1),
    { ...stop(1), version: 2 },
    { version: 3, events: [stop(1)] },
    { version: 2, events: [] },
    null,
    'x',
  ])('are the payload itself where it is no batch: %j', (payload) => {
    expect(itemsOf({ payload, replayOf: 'dl-1' })).toEqual([{ raw: payload, replayOf: 'dl-1' }]);
  });
});

describe('enqueued events', () => {
  let queues: Queues;
  beforeEach(() => {
    queues = openQueues(redis, `test-${randomUUID()}`);
  });
  afterEach(() => closeQueues(queues));

  const jobs = async () => {
    const found = await queues.inbound.getJobs(['waiting', 'prioritized', 'delayed'], 0, -1, true);
    return found.sort((a, b) => a.timestamp - b.timestamp || a.priority - b.priority);
  };
  const stored = async () => (await jobs()).map(({ data }) => data.payload.events);

  it('share jobs of one lane each, and a lone event is a job of one', async () => {
    const [lone, ...many] = Array.from({ length: 121 }, (_, n) =>
      stop(n, n % 2 === 0 ? {} : { source: 'backfill' }),
    );
    await enqueueInbound(queues, lone!);
    await enqueueInboundBatch(queues, many);
    const live = many.filter(({ source }) => source !== 'backfill');
    const old = many.filter(({ source }) => source === 'backfill');
    const lists = await stored();
    expect(lists).toHaveLength(5);
    expect(lists).toEqual(
      expect.arrayContaining([[lone], live.slice(0, 50), live.slice(50), old.slice(0, 50), old.slice(50)]),
    );
    const lanes = (await jobs()).map(({ priority, data }) => [priority, data.payload.events[0]?.source]);
    for (const [priority, source] of lanes) expect(priority).toBe(source === 'backfill' ? 10 : 0);
  });

  it('are added once while they wait, also where an earlier add had timed out and landed', async () => {
    const events = Array.from({ length: 60 }, (_, n) => stop(n));
    await enqueueInboundBatch(queues, events);
    await enqueueInboundBatch(queues, events);
    await enqueueInboundBatch(queues, [events[0]!, events[0]!]);
    await enqueueInbound(queues, events[0]!);
    expect((await stored()).map((list) => list.length).sort((a, b) => a - b)).toEqual([1, 10, 50]);
  });

  it('are counted as new, or as folded into a message that waits', async () => {
    const events = Array.from({ length: 60 }, (_, n) => stop(n));
    const results = async (some: typeof events): Promise<string[]> =>
      (await enqueueInboundBatch(queues, some)).map(({ lane, result }) => `${lane} ${result}`);
    expect(new Set(await results(events))).toEqual(new Set(['live new']));
    expect(await results(events)).toEqual(events.map(() => 'live folded'));
    const other = stop(60);
    expect(await results([other, { ...other, receivedAt: other.receivedAt + 1 }])).toEqual([
      'live new',
      'live folded',
    ]);
    expect(await results([])).toEqual([]);
  });

  it('of a replay run name the dead letter of each, and wait apart from a delivery of the message', async () => {
    const replayed = Array.from({ length: 3 }, (_, n) => ({ event: stop(n), replayOf: `dl-${String(n)}` }));
    await enqueueReplayedEvents(queues, replayed, 'run-1');
    await enqueueReplayedEvents(queues, replayed.slice(0, 1), 'run-2');
    await enqueueInbound(queues, stop(0));
    const found = await jobs();
    expect(found.map(({ data }) => itemsOf(data).map(({ replayOf }) => replayOf))).toEqual(
      expect.arrayContaining([['dl-0', 'dl-1', 'dl-2'], ['dl-0'], [undefined]]),
    );
    expect(found.map(({ data }) => data.run)).toEqual(expect.arrayContaining(['run-1', 'run-2', undefined]));
    expect(found.filter(({ priority }) => priority === 10)).toHaveLength(2);
  });

  it('that are split off have jobs of their own, with the attempts, the horizon and the dead letter of each', async () => {
    const failures = [{ at: 5, code: 'internal_error' }];
    const data = { failures, transientSince: 5, run: 'run-1', eventReplayOf: ['dl-1', 'dl-2'] };
    const items = [{ raw: stop(1), replayOf: 'dl-2', index: 1 }];
    for (let n = 0; n < 2; n++) await enqueueSplit(queues, { id: 'b1', lane: 'background', data }, items);
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    expect([job?.id, job?.priority]).toEqual(['b1-1', 10]);
    expect(job?.data).toEqual({
      payload: { version: 2, events: [stop(1)] },
      failures,
      transientSince: 5,
      run: 'run-1',
      replayOf: 'dl-2',
    });
  });
});
