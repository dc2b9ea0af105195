import type { Redis, Result } from 'ioredis';
import type { InboundEvent } from '../../../domain/inbound-event';
import type { Subject } from '../../../domain/subject';
import { loadScript } from '../../../redis/load-script';
import { keysAsSpelled } from '../../keys';
import { SOURCE_CODES } from '../../ledger-entry';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    earlierRecord(key: string, ...args: (string | number)[]): Result<[string, number, number], Context>;
    earlierSettle(key: string, ...args: (string | number)[]): Result<string[], Context>;
  }
}

const DAY = 86_400_000;
const HISTORY_CAP = 100;
const TIMED = new Set(['event_stream', 'backfill']);

/**
 * The ledger of an earlier release, as far as its workers write: the two scripts, called as it called them. It has one hash for an
 * entry, compares two messages at a time, knows no YES, no opt-out that is lifted or repeated, no history and no notes on versions,
 * and stores an entry under the spelling that Twilio sent.
 */
export class EarlierLedger {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    redis.defineCommand('earlierRecord', { numberOfKeys: 1, lua: loadScript(__dirname, 'record.lua') });
    redis.defineCommand('earlierSettle', { numberOfKeys: 1, lua: loadScript(__dirname, 'settle.lua') });
  }

  async record(subject: Subject, event: InboundEvent): Promise<{ result: string; version: number }> {
    const [result, version] = await this.redis.earlierRecord(
      keysAsSpelled(this.prefix, subject).entry,
      event.messageSid,
      event.kind,
      SOURCE_CODES[event.source],
      event.sender,
      event.orderAt ?? event.occurredAt,
      event.occurredAt,
      event.receivedAt,
      HISTORY_CAP,
      30 * DAY,
      '',
      TIMED.has(event.source) ? '1' : '0',
    );
    return { result, version };
  }

  /** Stores that Customer.io holds a version. */
  async markApplied(subject: Subject, version: number, people: readonly string[]): Promise<void> {
    await this.redis.earlierSettle(
      keysAsSpelled(this.prefix, subject).entry,
      version,
      'a',
      '1',
      people.join(' '),
    );
  }
}
