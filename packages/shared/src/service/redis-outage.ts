import type { Logger } from './logger';

/** Redis' own answers, such as -DENIED, explain themselves at length. */
const REASON_LENGTH = 200;
/** Reasons of an outage that are logged, at most. */
const MAX_REASONS = 5;

/**
 * Logs once that Redis is gone, and once that it is back, whatever number of connections a process has and however often each of them
 * is attempted.
 *
 *   there   every connection is ready, or none has been yet. -> lost when one closes; -> gone when an attempt to connect fails
 *   lost    a connection is opened again; nothing is logged. -> there when that succeeds; -> gone when it fails
 *   gone    logged with the reason, such as ECONNREFUSED, NOAUTH or DENIED; another reason is logged once.
 *           -> there when every connection is ready
 */
export class RedisOutage {
  private readonly notReady = new Set<string>();
  private readonly reasons = new Set<string>();
  private goneSince: number | undefined;
  private wasReady = false;

  constructor(private readonly log: Pick<Logger, 'error' | 'info'>) {}

  /** Whether a connection does not work. What else fails because of that needs no line of its own. */
  get isOn(): boolean {
    return this.notReady.size > 0;
  }

  /** A connection closed. It is opened again, unless this process closed it. */
  closed(role: string): void {
    this.notReady.add(role);
  }

  /** An attempt to connect failed, or a connection broke. */
  failed(role: string, { message }: Error): void {
    this.notReady.add(role);
    // ioredis puts the time of the next attempt into what it says of unreachable sentinels, which differs each time.
    const reason = message.slice(0, REASON_LENGTH).replace(/\d+ ?ms/g, 'some ms');
    const isFirst = this.goneSince === undefined;
    this.goneSince ??= performance.now();
    if (this.reasons.has(reason) || this.reasons.size >= MAX_REASONS) return;
    this.reasons.add(reason);
    const text = isFirst ? 'Redis is gone' : 'Redis is still gone, for another reason';
    this.log.error({ code: 'redis_unavailable', role, reason }, text);
  }

  /** A connection is ready. */
  ready(role: string): void {
    this.notReady.delete(role);
    if (this.notReady.size > 0) return;
    if (this.goneSince !== undefined) {
      const seconds = Math.round((performance.now() - this.goneSince) / 100) / 10;
      this.log.info({ seconds }, 'Redis is back');
    } else if (!this.wasReady) this.log.info('connected to Redis');
    this.wasReady = true;
    this.goneSince = undefined;
    this.reasons.clear();
  }
}
