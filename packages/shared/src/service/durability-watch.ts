import type { Cluster, Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import { ConfigError } from '../config/parse-env';
import { DURABILITY_FAULTS, assessDurability, type Durability } from '../redis/durability';
import type { Logger } from './logger';

/** Settings change while we run, and in a cluster another node may be master without our connecting anew. */
const ASSESS_EVERY_MS = 60_000;

/**
 * Knows whether the Redis at the other end keeps what it takes: assesses it at each new connection, so that after a
 * failover it is the present master's settings that count, and once a minute. What changes is logged and counted.
 */
export class DurabilityWatch {
  private known: Durability = { faults: [] };
  private assessing: Promise<void> | undefined;
  private readonly gauge: Gauge<'fault'>;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: {
      /** Whether a Redis that may lose what it takes must not be used. */
      readonly required: boolean;
      readonly registry: Registry;
      readonly log: Logger;
    },
  ) {
    this.gauge = new Gauge({
      name: 'optout_redis_durability_fault',
      help: 'Whether Redis may lose what it acknowledged for this reason; `unknown`: it does not say.',
      labelNames: ['fault'],
      registers: [options.registry],
    });
    redis.on('ready', () => void this.assess());
    const timer = setInterval(() => void this.assess(), ASSESS_EVERY_MS).unref();
    redis.once('end', () => {
      clearInterval(timer);
    });
    if (redis.status === 'ready') void this.assess();
  }

  /**
   * Resolves once the present Redis may be used. While it must not be, each call looks again.
   *
   * @throws ConfigError with what makes it lose what it takes, where that is required not to be.
   */
  async permit(): Promise<void> {
    await this.assessing;
    if (this.refusals.length > 0) await this.assess();
    if (this.refusals.length > 0) throw new ConfigError(this.refusals);
  }

  /** What must be mended before this Redis may be used, as far as is known. */
  get refusals(): string[] {
    return this.options.required ? this.known.faults.map(inWords) : [];
  }

  private assess(): Promise<void> {
    this.assessing = assessDurability(this.redis).then(
      (found) => {
        this.found(found);
      },
      // Not there to be asked: it is asked when it is back, and until then the last answer holds.
      () => undefined,
    );
    return this.assessing;
  }

  private found(found: Durability): void {
    const { known } = this;
    const { log, required } = this.options;
    this.known = found;
    for (const fault of DURABILITY_FAULTS) {
      this.gauge.set({ fault }, found.faults.some(({ name }) => name === fault) ? 1 : 0);
    }
    this.gauge.set({ fault: 'unknown' }, found.unknown === undefined ? 0 : 1);

    const before = new Set(known.faults.map(inWords));
    for (const fault of found.faults.map(inWords).filter((words) => !before.has(words))) {
      log[required ? 'error' : 'warn']({ code: 'redis_not_durable' }, fault);
    }
    if (known.faults.length > 0 && found.faults.length === 0) log.info('Redis keeps what it takes now');
    if (found.unknown !== undefined && found.unknown !== known.unknown) {
      log.warn(
        { code: 'redis_durability_unknown', reason: found.unknown },
        'cannot tell whether Redis keeps what it takes',
      );
    }
  }
}

const inWords = ({ message }: Durability['faults'][number]): string => `Redis: ${message}`;
