import { performance } from 'node:perf_hooks';
import type { DeadLetter, DeadLetterFilter, JobStores } from '@optout-sync/shared/dead-letters';
import { E164, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { Ledger, stateNow, type ListedEntry } from '@optout-sync/shared/ledger';
import { enqueueInbound, enqueueInboundBatch } from '@optout-sync/shared/queues';
import type { BenchRedis } from '../harness/bench-redis';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Result, type Sample } from '../harness/contest';
import { queuesOf } from '../harness/open-queues';
import { summarize } from '../harness/statistics';
import { stopEvent } from '../load/events';
import { inParallel } from '../load/in-parallel';
import { phoneOf } from '../load/twilio-requests';
import { number, spread } from '../report/format';
import { atMost } from '../report/targets';

const SIZES = [10_000, 100_000, 1_000_000];
const QUEUED = 100_000;
const SAMPLE = 5_000;
const WIDTH = 64;
const PAGE = 50;
const LIST_PAGES = 20;

export const growth: Benchmark = {
  name: 'growth',
  about:
    'what an event costs, what Redis needs and how long queries take while the ledger and the queues grow',
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { quick, rounds, say } = bench;
  const redis = await bench.redis();
  const ledger = new Ledger(redis.client, { prefix: 'optout' });
  const sizes = quick ? SIZES.slice(0, 1) : SIZES;
  const queued = quick ? QUEUED / 10 : QUEUED;
  const emptyBytes = await usedBytes(redis);
  const bytesPerEntry: number[] = [];
  const results: Result[] = [];
  let entries = 0;
  for (const size of sizes) {
    say(`filling the ledger up to ${String(size)}`);
    await record(ledger, entries, size - entries);
    entries = size;
    bytesPerEntry.push(((await usedBytes(redis)) - emptyBytes) / entries);
    const measure = async (): Promise<Sample> => {
      const µs = await costOf(() => record(ledger, entries, SAMPLE));
      entries += SAMPLE;
      return {
        'record µs': µs,
        'show ms': await slowestMs(20, (look) => ledger.read(subjectOf(look * 100))),
        'list ms': await slowestOfList(ledger),
      };
    };
    results.push(...(await contest([{ name: atSize(size), measure }], rounds, say)));
  }

  const queues = queuesOf(bench, redis, 'optout');
  const adding = async (name: string, first: number) =>
    contest(
      [{ name, measure: async () => ({ 'add µs': await costOf(() => add(queues, first)) }) }],
      rounds,
      say,
    );
  const onEmpty = await adding('no jobs queued', 0);
  say(`queueing ${String(queued)} jobs and as many dead letters`);
  for (let at = 0; at < queued; at += SAMPLE) {
    await enqueueInboundBatch(
      queues,
      Array.from({ length: SAMPLE }, (_, index) => stopEvent(at + index)),
    );
  }
  const onFull = await adding('jobs queued', 0);
  await fileLetters(queues, queued);
  const pages = await contest(
    Object.entries(PAGES).map(([name, filter]) => ({
      name: `page ${name}`,
      measure: async () => ({
        ms: await slowestMs(5, () => queues.deadLetters.page({ filter, limit: PAGE })),
      }),
    })),
    rounds,
    say,
  );

  const recorded = (size: number, key: string) => summarize(figure(results, atSize(size), key));
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  return {
    tables: [
      {
        title: 'the ledger as it grows',
        columns: [
          'entries',
          'µs to record and settle one more',
          'slowest of 20 reads of an entry, ms',
          `slowest of ${String(LIST_PAGES)} pages of the list, ms`,
          'bytes of Redis an opt-out',
        ],
        rows: sizes.map((size, index) => [
          number(size),
          spread(recorded(size, 'record µs')),
          spread(recorded(size, 'show ms')),
          spread(recorded(size, 'list ms')),
          number(bytesPerEntry[index] ?? Number.NaN),
        ]),
      },
      {
        title: `queues with ${number(queued)} jobs`,
        columns: ['what', 'figure'],
        rows: [
          [
            'µs to add an event to an empty queue',
            spread(summarize(figure(onEmpty, 'no jobs queued', 'add µs'))),
          ],
          [
            'µs to add an event to the full queue',
            spread(summarize(figure(onFull, 'jobs queued', 'add µs'))),
          ],
          ...pages.map(({ name }) => [
            `slowest of 5 reads of a ${name} of dead letters, ms`,
            spread(summarize(figure(pages, name, 'ms'))),
          ]),
        ],
      },
    ],
    targets: [
      atMost('bytes of Redis an opt-out', summarize([bytesPerEntry.at(-1) ?? Number.NaN]), 400),
      atMost(
        `recording at ${number(largest)} entries to that at ${number(smallest)}`,
        summarize([recorded(largest, 'record µs').median / recorded(smallest, 'record µs').median]),
        1.1,
      ),
      atMost(`a page of the list at ${number(largest)} entries`, recorded(largest, 'list ms'), 100, ' ms'),
      ...pages.map(({ name }) =>
        atMost(`${name} of dead letters`, summarize(figure(pages, name, 'ms')), 100, ' ms'),
      ),
    ],
    notes: [
      `Costs are wall time of ${number(SAMPLE)} at ${String(WIDTH)} at once, divided; an opt-out is one STOP that was applied to one person.`,
    ],
    rounds: [...results, ...onEmpty, ...onFull, ...pages],
  };
}

const atSize = (size: number): string => `${number(size)} entries`;

const subjectOf = (index: number): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: E164.parse(phoneOf(index)),
});

/** Records the STOPs of `count` people, from the `first` on, and notes them as applied. */
function record(ledger: Ledger, first: number, count: number): Promise<void> {
  return inParallel(count, WIDTH, async (index) => {
    const subject = subjectOf(first + index);
    const { version } = await ledger.record(subject, stopEvent(first + index));
    await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a3000001'] });
  });
}

const add = (queues: JobStores, first: number): Promise<void> =>
  inParallel(SAMPLE, WIDTH, (index) => enqueueInbound(queues, stopEvent(first + index)));

/** Microseconds for each of a sample. */
async function costOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return ((performance.now() - startedAt) * 1_000) / SAMPLE;
}

async function slowestMs(looks: number, look: (index: number) => Promise<unknown>): Promise<number> {
  let slowest = 0;
  for (let index = 0; index < looks; index++) {
    const startedAt = performance.now();
    await look(index);
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return slowest;
}

/** Page after page of who is opted out, as `optouts list` gives them. */
function slowestOfList(ledger: Ledger): Promise<number> {
  let cursor: string | undefined;
  return slowestMs(LIST_PAGES, async () => {
    const matches = ({ entry }: ListedEntry): boolean => stateNow(entry, 'any')?.state === 'stopped';
    ({ next: cursor } = await ledger.list({ matches, limit: PAGE, ...(cursor !== undefined && { cursor }) }));
  });
}

function fileLetters({ deadLetters }: JobStores, count: number): Promise<void> {
  return inParallel(count, WIDTH, async (index) => {
    await deadLetters.put(letterOf(stopEvent(index)));
  });
}

/** What operators ask for of the dead letters. */
const PAGES: Readonly<Record<string, DeadLetterFilter>> = {
  'of all': {},
  'by code and workspace': { code: 'customerio_refused', workspace: 'default' },
  'of one phone': { phone: E164.parse(phoneOf(7)) },
};

const letterOf = (event: InboundEvent): DeadLetter => ({
  version: 1,
  stage: 'record',
  code: 'customerio_refused',
  message: 'HTTP 400',
  undone: { type: 'event', event },
  attempts: [{ at: event.receivedAt, code: 'customerio_refused', status: 400 }],
  firstFailedAt: event.receivedAt,
  lastFailedAt: event.receivedAt,
});

async function usedBytes({ client }: BenchRedis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}
