import type { FoundTogether, SlotClass } from '@optout-sync/customerio';
import { E164 } from '@optout-sync/shared/domain';
import { AfterJobs } from '../runner/after-jobs';
import { DeferredMatching, type DeferredJob } from './deferred-matching';

const phone = (n: number): E164 => E164.parse(`+1415555${String(1_000 + n)}`);
const [A, B, C] = [phone(1), phone(2), phone(3)];
const personOf = (one: E164): string => `person of ${one}`;

/** A batch whose people, one for each phone but those without, are read when the test says so. */
function batchOf(phones: readonly E164[], { without = [] as readonly E164[], isUnreadable = false } = {}) {
  const requests: { cioIds: readonly string[]; lane: SlotClass['lane'] | undefined }[] = [];
  let answer: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const people = phones.filter((one) => !without.includes(one)).map(personOf);
  const together: FoundTogether = {
    phones,
    cioIds: people,
    readPhones: (cioIds, { slot }) => {
      requests.push({ cioIds, lane: slot?.lane });
      return new Promise((resolve, reject) => {
        answer = {
          resolve: () => {
            resolve(new Map(cioIds.map((cioId) => [cioId, cioId.slice(personOf(A).indexOf('+'))])));
          },
          reject,
        };
      });
    },
    tellApart: (stored) => {
      const unread = people.filter((person) => !stored.has(person));
      if (isUnreadable || unread.length > 0) throw new Error('not told apart');
      return new Map(
        phones.map((one) => [one, people.filter((person) => stored.get(person) === String(one))]),
      );
    },
  };
  return {
    together,
    requests,
    resolve: () => answer?.resolve(),
    reject: (error: Error) => answer?.reject(error),
  };
}

const jobOf = (one: E164, storing: Promise<unknown> = Promise.resolve()): DeferredJob => ({
  subject: { workspace: 'default', channel: 'sms', phone: one },
  storing,
});

function startMatching() {
  const calls: unknown[] = [];
  const note = (...call: unknown[]): Promise<void> => Promise.resolve(void calls.push(call));
  const afterJobs = new AfterJobs();
  const matching = new DeferredMatching(
    {
      hold: (subjects) => note('hold', ...subjects.map(({ phone: one }) => one)),
      matched: (subject, people) => note('matched', subject.phone, people),
      failed: (subjects, error) =>
        note('failed', (error as Error).message, ...subjects.map(({ phone: one }) => one)),
    },
    afterJobs,
  );
  const defer = (batch: ReturnType<typeof batchOf>): void => {
    for (const one of batch.together.phones) matching.defer(batch.together, jobOf(one));
  };
  return { matching, calls, defer, afterJobs };
}

const flush = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

/** Has as many batches in their turn as there may be, none of which is answered. */
async function takeAllTurns({ defer }: Pick<ReturnType<typeof startMatching>, 'defer'>) {
  const first = Array.from({ length: 4 }, (_, n) => batchOf([phone(900 + n)]));
  first.forEach(defer);
  await flush();
  return first;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('matches a batch once for all its phones, after each of them is stored', async () => {
  const { matching, calls } = startMatching();
  const { together, requests, resolve } = batchOf([A, B], { without: [B] });
  let store: () => void = () => undefined;
  matching.defer(together, jobOf(A));
  matching.defer(together, jobOf(B, new Promise<void>((done) => (store = done))));
  await flush();
  resolve();
  await flush();
  expect(calls).toEqual([]);
  store();
  await flush();
  expect(calls).toEqual([
    ['matched', A, [personOf(A)]],
    ['matched', B, []],
  ]);
  expect(requests).toEqual([{ cioIds: [personOf(A)], lane: 'prompt' }]);
});

it('matches although a phone could not be stored', async () => {
  const { matching, calls } = startMatching();
  const { together, resolve } = batchOf([A]);
  matching.defer(together, jobOf(A, Promise.reject(new Error('Redis'))));
  await flush();
  resolve();
  await flush();
  expect(calls).toEqual([['matched', A, [personOf(A)]]]);
});

it('reads the people of as many batches at once as a request has room for, the oldest first', async () => {
  const started = startMatching();
  const [first] = await takeAllTurns(started);
  const sizes = [60, 30, 10, 1, 99];
  const batches = sizes.map((size, n) => batchOf(Array.from({ length: size }, (_, i) => phone(n * 100 + i))));
  batches.forEach(started.defer);
  expect(batches.flatMap(({ requests }) => requests)).toEqual([]);
  first?.resolve();
  await flush();
  const [hundred, , , next] = batches;
  expect(hundred?.requests.map(({ cioIds }) => cioIds.length)).toEqual([100]);
  started.calls.length = 0;
  hundred?.resolve();
  await flush();
  expect(started.calls).toEqual(
    batches
      .slice(0, 3)
      .flatMap(({ together }) => together.phones.map((one) => ['matched', one, [personOf(one)]])),
  );
  expect(next?.requests.map(({ cioIds }) => cioIds.length)).toEqual([100]);
  expect(batches.flatMap(({ requests }) => requests)).toHaveLength(2);
});

it('reads by itself a batch that has more people than a request has room for', async () => {
  const started = startMatching();
  const [first] = await takeAllTurns(started);
  const large = batchOf(Array.from({ length: 250 }, (_, n) => phone(n)));
  const small = batchOf([phone(300)]);
  [large, small].forEach(started.defer);
  first?.resolve();
  await flush();
  expect(large.requests.map(({ cioIds }) => cioIds.length)).toEqual([250]);
  expect(small.requests).toEqual([]);
});

it('reads a person once who was found for two batches', async () => {
  const started = startMatching();
  const [first] = await takeAllTurns(started);
  const [one, other] = [batchOf([A, B]), batchOf([A, C])];
  [one, other].forEach(started.defer);
  first?.resolve();
  await flush();
  expect(one.requests.map(({ cioIds }) => cioIds)).toEqual([[A, B, C].map(personOf)]);
});

it('reports each batch of a request that fails', async () => {
  const started = startMatching();
  const [first] = await takeAllTurns(started);
  const [one, other] = [batchOf([A, B]), batchOf([C])];
  [one, other].forEach(started.defer);
  first?.resolve();
  await flush();
  started.calls.length = 0;
  one.reject(new Error('503'));
  await flush();
  expect(started.calls).toEqual([
    ['failed', '503', A, B],
    ['failed', '503', C],
  ]);
});

it('matches the other batches of a request when one cannot be told apart', async () => {
  const started = startMatching();
  const [first] = await takeAllTurns(started);
  const [one, other] = [batchOf([A], { isUnreadable: true }), batchOf([B])];
  [one, other].forEach(started.defer);
  first?.resolve();
  await flush();
  started.calls.length = 0;
  one.resolve();
  await flush();
  expect(started.calls).toEqual(
    expect.arrayContaining([
      ['failed', 'not told apart', A],
      ['matched', B, [personOf(B)]],
    ]),
  );
});

it('is work that the end of the worker waits for, until every phone is stored', async () => {
  const { matching, defer, afterJobs } = startMatching();
  const [first, second] = [batchOf([A]), batchOf([B])];
  defer(first);
  let store: () => void = () => undefined;
  matching.defer(second.together, jobOf(B, new Promise<void>((done) => (store = done))));
  let isSettled = false;
  void afterJobs.settle().then(() => (isSettled = true));
  await flush();
  first.resolve();
  second.resolve();
  await flush();
  expect(isSettled).toBe(false);
  store();
  await flush();
  expect(isSettled).toBe(true);
});

it('holds a batch every ten seconds until it is done', async () => {
  const { calls, defer } = startMatching();
  const batch = batchOf([A, B]);
  defer(batch);
  await jest.advanceTimersByTimeAsync(25_000);
  expect(calls).toEqual([
    ['hold', A, B],
    ['hold', A, B],
  ]);
  calls.length = 0;
  batch.resolve();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual([A, B].map((one) => ['matched', one, [personOf(one)]]));
});

it('yields to searches for a minute, and no longer', async () => {
  const started = startMatching();
  const first = await takeAllTurns(started);
  const soon = batchOf([A]);
  started.defer(soon);
  await jest.advanceTimersByTimeAsync(59_000);
  first[0]?.resolve();
  await flush();
  expect(soon.requests.map(({ lane }) => lane)).toEqual(['prompt']);
  const [late, later] = [batchOf([B]), batchOf([C])];
  started.defer(late);
  await jest.advanceTimersByTimeAsync(30_000);
  started.defer(later);
  await jest.advanceTimersByTimeAsync(30_000);
  first[1]?.resolve();
  await flush();
  expect(late.requests).toEqual([{ cioIds: [B, C].map(personOf), lane: 'live' }]);
});

it('is full while 600 batches wait', async () => {
  const { matching, defer } = startMatching();
  const batches = Array.from({ length: 600 }, () => batchOf([A]));
  batches.slice(1).forEach(defer);
  expect(matching.isFull).toBe(false);
  batches.slice(0, 1).forEach(defer);
  expect(matching.isFull).toBe(true);
  await flush();
  batches[1]?.resolve();
  await flush();
  expect(matching.isFull).toBe(false);
});
