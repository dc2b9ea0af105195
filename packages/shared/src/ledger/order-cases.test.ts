import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { blockedSendOrder } from '../domain/blocked-send';
import { InboundEvent } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import { Ledger } from './ledger';

/*
 * The tables of docs/ordering.md are the cases: each cell is recorded in both orders of arrival. Times are those at which something
 * happened; each source shows its own clock.
 */

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const PAGE = readFileSync(join(__dirname, '../../../../docs/ordering.md'), 'utf8');
const DAY = Date.parse('2026-02-25T00:00:00Z');
const HOUR = 3_600_000;
const subject = { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550123') } as const;
const toTheSecond = (at: number): number => Math.floor(at / 1_000) * 1_000;

type Shown = Pick<InboundEvent, 'source' | 'occurredAt'> & Partial<Pick<InboundEvent, 'orderAt' | 'keyword'>>;

/** What each source shows of a message that was sent `at`. A webhook arrives 30 ms later. */
const MESSAGES: Readonly<Record<string, (at: number) => Shown>> = {
  'by webhook': (at) => ({ source: 'webhook', occurredAt: at + 30 }),
  'by Studio': (at) => ({ source: 'studio', occurredAt: at + 30 }),
  'by Event Streams, to the ms': (at) => ({ source: 'event_stream', occurredAt: at }),
  'by Event Streams, to the second': (at) => ({ source: 'event_stream', occurredAt: toTheSecond(at) }),
  'by backfill': (at) => ({ source: 'backfill', occurredAt: toTheSecond(at) }),
  'by hand': (at) => ({ source: 'manual', occurredAt: at }),
  'YES by webhook': (at) => ({ source: 'webhook', occurredAt: at + 30, keyword: 'YES' }),
};

/** What each source shows of a blocked send that was made `at` and reported 2 s later. */
const BLOCKED: Readonly<Record<string, (at: number) => Shown>> = {
  'by status callback': (at) => reported('status_callback', at + 2_030),
  'by Event Streams': (at) => reported('event_stream', toTheSecond(at + 2_000)),
  'by backfill': (at) => ({
    source: 'backfill',
    orderAt: toTheSecond(at),
    occurredAt: toTheSecond(at + 2_000),
  }),
};

function reported(source: Shown['source'], at: number): Shown {
  return { source, occurredAt: at, orderAt: blockedSendOrder({ reportedAt: at }) };
}

const event = (kind: 'stop' | 'start', n: number, shown: Shown): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    accountSid: 'AC1',
    kind,
    channel: 'sms',
    phone: '+14155550123',
    sender: 'MG1',
    receivedAt: shown.occurredAt,
    ...shown,
  });

/** `12:00:01.200` */
const timeOf = (text: string): number => DAY + Date.parse(`1970-01-01T${text}Z`);

interface Case {
  readonly title: string;
  readonly stop: InboundEvent;
  readonly start: InboundEvent;
  readonly last: string;
}

const casesOf = (heading: string): Case[] => {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  return section.split(/^### /m).slice(1).flatMap(tableCases);
};

function tableCases(part: string): Case[] {
  const [title = '', ...lines] = part.split('\n');
  const [, stopWord, stopAt = '', startAt = ''] = /^(\S+).* (\d\S+), START (\d\S+)$/.exec(title) ?? [];
  const rows = lines
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head = [], , ...body] = rows;
  return body.flatMap(([name = '', ...cells]) =>
    cells.map((last, column) => {
      const by = head[column + 1] ?? '';
      const shownStop = (stopWord === 'Blocked' ? BLOCKED : MESSAGES)[name]?.(timeOf(stopAt));
      const shownStart = MESSAGES[by]?.(timeOf(startAt));
      if (!shownStop || !shownStart)
        throw new Error(`docs/ordering.md: unknown source in ${title}: ${name}, ${by}`);
      return {
        title: `${title}: ${name}, ${by}`,
        stop: event('stop', 1, shownStop),
        start: event('start', 2, shownStart),
        last,
      };
    }),
  );
}

async function stateAfter(...events: InboundEvent[]): Promise<string | undefined> {
  const ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
  for (const one of events) await ledger.record(subject, one);
  return (await ledger.read(subject))?.senders.get('MG1')?.state;
}

describe('the order of a STOP and a START', () => {
  const cases = [...casesOf('STOP and START'), ...casesOf('Blocked sends')];

  it('has a case for each pair of sources', () => {
    const stops = Object.keys(MESSAGES).length - 1;
    expect(cases).toHaveLength((3 * stops + 3 * Object.keys(BLOCKED).length) * Object.keys(MESSAGES).length);
  });

  it.each(cases)('$title: $last', async ({ stop, start, last }) => {
    const expected = { STOP: 'stopped', START: 'started' }[last];
    expect([await stateAfter(stop, start), await stateAfter(start, stop)]).toEqual([expected, expected]);
  });

  it('puts a STOP that is found by its blocked send alone 10 hours before the report', async () => {
    const blocked = event('stop', 1, reported('status_callback', DAY + 12 * HOUR));
    const start = (at: number) => event('start', 2, { source: 'webhook', occurredAt: at });
    expect(await stateAfter(blocked, start(DAY + 2 * HOUR - 1))).toBe('stopped');
    expect(await stateAfter(blocked, start(DAY + 2 * HOUR + 1))).toBe('started');
  });
});
