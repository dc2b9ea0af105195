import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteBatch } from '../store/event-store';
import { forwardRequest, peopleChange, stopEvent } from '../test-support/samples';
import { openDatabase } from './database';
import { Drain } from './drain';
import { Spool } from './spool';

describe('the drain', () => {
  let dir: string;
  let spool: Spool;
  let drain: Drain;
  let stored: WriteBatch[];
  const redis = { append: jest.fn<Promise<void>, [WriteBatch]>(), check: jest.fn<Promise<void>, []>() };
  const telemetry = { drained: jest.fn(), deadLettered: jest.fn() };

  beforeEach(async () => {
    jest.resetAllMocks();
    stored = [];
    redis.append.mockImplementation((batch) => Promise.resolve(void stored.push(batch)));
    redis.check.mockResolvedValue();
    dir = await mkdtemp(join(tmpdir(), 'optout-sync-drain-test-'));
  });
  afterEach(async () => {
    await spool.close();
    await rm(dir, { recursive: true });
  });

  async function open(): Promise<void> {
    const ignored = { spooled: jest.fn(), spoolLost: jest.fn(), spoolBack: jest.fn() };
    spool = await Spool.open({ dir, maxBytes: 1e9, telemetry: ignored });
    drain = new Drain(spool, redis, telemetry);
  }
  async function fill(count: number) {
    await open();
    const events = Array.from({ length: count }, stopEvent);
    for (const event of events) await spool.append({ events: [event] }, 5);
    return events;
  }

  it('adds the items to Redis in their order, many at once', async () => {
    const events = await fill(450);
    while (spool.items > 0) await drain.step();
    expect(stored.flatMap(({ events: some = [] }) => some)).toEqual(events);
    expect(stored).toHaveLength(3);
    expect(telemetry.drained.mock.calls).toEqual([
      ['enqueued', 200],
      ['enqueued', 200],
      ['enqueued', 50],
    ]);
  });

  it('removes no item before Redis has it', async () => {
    await fill(3);
    const remove = jest.spyOn(spool, 'remove');
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      redis.append.mockImplementationOnce(() => {
        resolve();
        return new Promise((confirm) => (answer = confirm));
      });
    });
    const step = drain.step();
    await asked;
    expect(await spool.oldest(10)).toHaveLength(3);
    expect(remove).not.toHaveBeenCalled();
    answer();
    await step;
    expect(spool.items).toBe(0);
  });

  it('keeps every item when Redis takes none', async () => {
    await fill(3);
    redis.append.mockRejectedValue(new Error('OOM'));
    redis.check.mockRejectedValue(new Error('OOM'));
    await expect(drain.step()).rejects.toThrow('OOM');
    expect(await spool.oldest(10)).toHaveLength(3);
  });

  it('adds an item again when the process died before removing it', async () => {
    const events = await fill(2);
    jest.spyOn(spool, 'remove').mockRejectedValueOnce(new Error('killed'));
    await expect(drain.step()).rejects.toThrow('killed');
    await spool.close();
    await open();
    await drain.step();
    expect(stored.map((batch) => batch.events)).toEqual([events, events]);
    expect(spool.items).toBe(0);
  });

  it('dead-letters, for replay, an item that Redis rejects repeatedly while it takes others', async () => {
    const events = await fill(3);
    await spool.append(
      { events: [events[1]!], forwards: [forwardRequest('x')], people: [peopleChange('x')] },
      5,
    );
    redis.append.mockImplementation((batch) => {
      if (
        batch.events?.includes(events[1]!) ||
        (batch.events ?? []).some((e) => e.messageSid === events[1]!.messageSid)
      ) {
        return Promise.reject(new Error('refused'));
      }
      return Promise.resolve(void stored.push(batch));
    });
    let failures = 0;
    while (spool.items > 0) {
      await drain.step().catch((error: unknown) => {
        expect(error).toEqual(new Error('refused'));
        failures += 1;
      });
    }
    expect(failures).toBe(2 * 59);
    expect(stored.flatMap(({ events: some = [] }) => some)).toEqual([events[0], events[2]]);
    const deadLetters = stored.flatMap((batch) => batch.deadLetters ?? []);
    expect(deadLetters).toMatchObject([
      { code: 'spool_item_refused', undone: { type: 'event', event: events[1] } },
      { code: 'spool_item_refused', undone: { type: 'event', event: events[1] } },
      { code: 'spool_item_refused', undone: { type: 'forward', request: { id: 'x' } } },
      { code: 'spool_item_refused', undone: { type: 'people', change: { id: 'x' } } },
    ]);
    expect(telemetry.deadLettered).toHaveBeenCalledTimes(4);
  });

  it('dead-letters an item of an unknown format, and continues behind it', async () => {
    const database = await openDatabase(dir);
    await database.put('0000000000000007', '{"version":2}');
    await database.close();
    const events = await fill(2);
    while (spool.items > 0) await drain.step();
    expect(stored).toMatchObject([
      {
        deadLetters: [
          {
            code: 'spool_item_unreadable',
            undone: { type: 'raw', data: { route: 'spool', text: '{"version":2}' } },
          },
        ],
      },
      { events },
    ]);
  });
});
