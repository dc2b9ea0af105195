import type { FoundTogether, SlotClass } from '@optout-sync/customerio';
import type { E164 } from '@optout-sync/shared/domain';
import { DeferredMatching, type BatchEvents } from './deferred-matching';

const A = '+14155550101' as E164;
const B = '+14155550102' as E164;

/** A batch whose people are told apart when the test says so. */
function batchOf(...phones: E164[]) {
  const lanes: (SlotClass['lane'] | undefined)[] = [];
  let settle: { resolve: () => void; reject: (error: Error) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  const answer = new Promise<ReadonlyMap<E164, string[]>>((resolve, reject) => {
    settle = {
      resolve: () => {
        resolve(new Map([[phones[0] ?? A, ['a1']]]));
      },
      reject,
    };
  });
  const together: FoundTogether = {
    phones,
    tellApart: ({ slot }) => {
      lanes.push(slot?.lane);
      return answer;
    },
  };
  return {
    together,
    lanes,
    resolve: () => {
      settle.resolve();
    },
    reject: (error: Error) => {
      settle.reject(error);
    },
  };
}

function watched() {
  const calls: unknown[] = [];
  const note = (...call: unknown[]): Promise<void> => Promise.resolve(void calls.push(call));
  const events: BatchEvents = {
    hold: () => note('hold'),
    matched: (phone, people) => note('matched', phone, people),
    failed: (error) => note('failed', (error as Error).message),
  };
  return { calls, events };
}

const stored = Promise.resolve();
const flush = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('matches a batch once for all its phones, after each of them is stored', async () => {
  const matching = new DeferredMatching();
  const [{ together, lanes, resolve }, { calls, events }] = [batchOf(A, B), watched()];
  let store: () => void = () => undefined;
  matching.defer(together, { storing: stored }, events);
  matching.defer(together, { storing: new Promise<void>((done) => (store = done)) }, events);
  resolve();
  await flush();
  expect(calls).toEqual([]);
  store();
  await flush();
  expect(calls).toEqual([
    ['matched', A, ['a1']],
    ['matched', B, []],
  ]);
  expect(lanes).toEqual(['prompt']);
});

it('matches although a phone could not be stored', async () => {
  const [{ together, resolve }, { calls, events }] = [batchOf(A), watched()];
  new DeferredMatching().defer(together, { storing: Promise.reject(new Error('Redis')) }, events);
  resolve();
  await flush();
  expect(calls).toEqual([['matched', A, ['a1']]]);
});

it('reports a batch that cannot be matched', async () => {
  const [{ together, reject }, { calls, events }] = [batchOf(A), watched()];
  new DeferredMatching().defer(together, { storing: stored }, events);
  reject(new Error('503'));
  await flush();
  expect(calls).toEqual([['failed', '503']]);
});

it('holds a batch every ten seconds until it is done', async () => {
  const [{ together, resolve }, { calls, events }] = [batchOf(A), watched()];
  new DeferredMatching().defer(together, { storing: stored }, events);
  await jest.advanceTimersByTimeAsync(25_000);
  expect(calls).toEqual([['hold'], ['hold']]);
  resolve();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual([['hold'], ['hold'], ['matched', A, ['a1']]]);
});

it('yields to searches for a minute, and no longer', async () => {
  const matching = new DeferredMatching();
  const first = Array.from({ length: 4 }, () => batchOf(A));
  const [soon, late] = [batchOf(A), batchOf(A)];
  for (const { together } of [...first, soon, late])
    matching.defer(together, { storing: stored }, watched().events);
  await jest.advanceTimersByTimeAsync(59_000);
  first[0]?.resolve();
  await flush();
  expect(soon.lanes).toEqual(['prompt']);
  await jest.advanceTimersByTimeAsync(1_000);
  first[1]?.resolve();
  await flush();
  expect(late.lanes).toEqual(['live']);
});

it('is full while 600 batches wait', async () => {
  const matching = new DeferredMatching();
  const batches = Array.from({ length: 600 }, () => batchOf(A));
  for (const { together } of batches.slice(1))
    matching.defer(together, { storing: stored }, watched().events);
  expect(matching.isFull).toBe(false);
  matching.defer(batches[0]?.together ?? batchOf(A).together, { storing: stored }, watched().events);
  expect(matching.isFull).toBe(true);
  batches[1]?.resolve();
  await flush();
  expect(matching.isFull).toBe(false);
});
