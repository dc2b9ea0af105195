import { performance } from 'node:perf_hooks';
import type { DeadLetter, DeadLetterFilter, JobStores } from '@optout-sync/shared/dead-letters';
import { E164, MessageSid, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { stateNow, type Ledger, type ListedEntry } from '@optout-sync/shared/ledger';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { messageSid } from '@optout-sync/twilio-simulator';
import { phoneOf } from '../harness/services';
import type { PerformanceTarget, Table } from '../harness/benchmark';
import { compare, figures, summarize, type ContenderResult } from '../harness/compare';
import { atMost, number, spreadOf } from '../harness/report';
import { inParallel, stopEvent } from '../load/events';

/** Number of operations in a sample. */
export const SAMPLE = 5_000;
/** Number of operations at once. */
export const WIDTH = 64;
export const LIST_PAGES = 20;
const PAGE = 50;

/** What operators search the dead letters for. */
export const PAGES: Readonly<Record<string, DeadLetterFilter>> = {
  'of all': {},
  'by code and workspace': { code: 'customerio_refused', workspace: 'default' },
  'of one phone': { phone: E164.parse(phoneOf(7)) },
};

export const subjectOf = (index: number): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: E164.parse(phoneOf(index)),
});

/** Records the STOPs of `count` people from the `first` on and marks them as applied. */
export function record(ledger: Ledger, first: number, count: number): Promise<void> {
  return inParallel(count, WIDTH, async (index) => {
    const subject = subjectOf(first + index);
    const { version } = await ledger.record(subject, stopEvent(first + index));
    await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a3000001'] });
  });
}

/** Enqueues a sample of events. */
export const addEvents = (queues: JobStores): Promise<void> =>
  inParallel(SAMPLE, WIDTH, (index) => enqueueInbound(queues, stopEvent(index)));

export function addDeadLetters({ deadLetters }: JobStores, count: number): Promise<void> {
  return inParallel(count, WIDTH, async (index) => {
    await deadLetters.put(deadLetterOf(stopEvent(index)));
  });
}

export const readPage = ({ deadLetters }: JobStores, filter: DeadLetterFilter): Promise<unknown> =>
  deadLetters.page({ filter, limit: PAGE });

/** The duration of a sample divided by the number of its operations, in microseconds. */
export async function microsecondsEach(sample: () => Promise<void>, operations = SAMPLE): Promise<number> {
  const startedAt = performance.now();
  await sample();
  return ((performance.now() - startedAt) * 1_000) / operations;
}

/** The duration of the slowest of `count` reads, in ms. */
export async function slowestMs(count: number, read: (index: number) => Promise<unknown>): Promise<number> {
  let slowest = 0;
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now();
    await read(index);
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return slowest;
}

/** Reads the opted-out entries page by page, as `optouts list` does. Returns the duration of the slowest page in ms. */
export function slowestListPageMs(ledger: Ledger): Promise<number> {
  let cursor: string | undefined;
  return slowestMs(LIST_PAGES, async () => {
    const matches = ({ entry }: ListedEntry): boolean => stateNow(entry, 'any')?.state === 'stopped';
    ({ next: cursor } = await ledger.list({ matches, limit: PAGE, ...(cursor !== undefined && { cursor }) }));
  });
}

const deadLetterOf = (event: InboundEvent): DeadLetter => ({
  version: 1,
  stage: 'record',
  code: 'customerio_refused',
  message: 'HTTP 400',
  undone: { type: 'event', event },
  attempts: [{ at: event.receivedAt, code: 'customerio_refused', status: 400 }],
  firstFailedAt: event.receivedAt,
  lastFailedAt: event.receivedAt,
});

/** Numbers of messages of one phone. */
const LENGTHS = [100, 1_000, 10_000] as const;
const MESSAGES = 200;
const COST = 'µs';

const nameOf = (length: number): string => `${number(length)} messages`;

/**
 * Measures what one more message costs, recorded and settled, of a phone that has sent many: a STOP and a START in turn, so that each
 * makes a version.
 */
export async function measureHistory(
  ledger: Ledger,
  bench: Parameters<typeof compare>[1],
): Promise<readonly ContenderResult[]> {
  const contenders = [];
  for (const [index, length] of LENGTHS.entries()) {
    const send = conversation(ledger, index);
    await send(length);
    const measure = async () => ({ [COST]: await microsecondsEach(() => send(MESSAGES), MESSAGES) });
    contenders.push({ name: nameOf(length), measure });
  }
  return compare(contenders, bench);
}

/** Records and settles messages of one phone, a millisecond apart. */
function conversation(ledger: Ledger, index: number): (messages: number) => Promise<void> {
  const subject = subjectOf(9_000_000 + index);
  const startedAt = Date.now() - 86_400_000;
  let sent = 0;
  return async (messages) => {
    for (let left = messages; left > 0; left--, sent++) {
      const at = startedAt + sent;
      const { version } = await ledger.record(subject, {
        ...stopEvent(9_000_000 + index),
        kind: sent % 2 === 0 ? 'stop' : 'start',
        messageSid: MessageSid.parse(messageSid()),
        occurredAt: at,
        receivedAt: at,
      });
      await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a3000001'] });
    }
  };
}

export function historyTable(results: readonly ContenderResult[]): Table {
  return {
    title: 'one phone as its history grows',
    columns: ['messages of the phone', 'µs to record and settle one more'],
    rows: LENGTHS.map((length) => [number(length), spreadOf(results, nameOf(length), COST)]),
  };
}

export function historyTarget(results: readonly ContenderResult[]): PerformanceTarget {
  const at = (length: number): number => summarize(figures(results, nameOf(length), COST)).median;
  return atMost(
    `a message of a phone with ${number(10_000)} to that with ${number(100)}`,
    summarize([at(10_000) / at(100)]),
    1.5,
  );
}
