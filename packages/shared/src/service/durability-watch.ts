import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { ConfigError } from '../config/parse-env';
import { DURABILITY_FAULTS, assessDurability, type Durability } from '../redis/durability';
import type { Logger } from './logger';
import { SHARED_METRICS, metricsOf } from './metric-definitions';

/** Settings change at run time, and a cluster may promote another master without this connection reconnecting. */
const ASSESS_EVERY_MS = 60_000;

/**
 * Watches whether the connected Redis keeps what it acknowledges. It assesses each new connection, so that after a
 * failover the settings of the present master count, and repeats that once a minute. Changes are logged and reported by
 * the gauge. A Redis that cannot be asked keeps its last assessment.
 */
export class DurabilityWatch {
  private latest: Durability = { faults: [] };
  private assessing: Promise<void> | undefined;
  private readonly gauge;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: {
      /** Whether a Redis that may lose what it acknowledged must not be used. */
      readonly required: boolean;
      readonly registry: Registry;
      readonly log: Logger;
    },
  ) {
    const { durabilityFault } = SHARED_METRICS;
    this.gauge = metricsOf(options.registry, { durabilityFault }).durabilityFault;
    redis.on('ready', () => void this.assess());
    const timer = setInterval(() => void this.assess(), ASSESS_EVERY_MS).unref();
    redis.once('end', () => {
      clearInterval(timer);
    });
    if (redis.status === 'ready') void this.assess();
  }

  /**
   * Resolves once the present Redis may be used. While it must not be used, each call assesses it again.
   *
   * @throws {ConfigError} with each durability fault, where durability is required
   */
  async permit(): Promise<void> {
    await this.assessing;
    if (this.refusals.length > 0) await this.assess();
    if (this.refusals.length > 0) throw new ConfigError(this.refusals);
  }

  /** What an operator has to correct before this Redis may be used, as of the last assessment. */
  get refusals(): string[] {
    return this.options.required ? this.latest.faults.map(describe) : [];
  }

  private assess(): Promise<void> {
    this.assessing = assessDurability(this.redis).then(
      (found) => {
        this.report(found);
      },
      // Redis is unreachable: the next connection asks again.
      () => undefined,
    );
    return this.assessing;
  }

  private report(found: Durability): void {
    const { latest: before, options } = this;
    const { log, required } = options;
    this.latest = found;
    for (const fault of DURABILITY_FAULTS) {
      this.gauge.set({ fault }, found.faults.some(({ name }) => name === fault) ? 1 : 0);
    }
    this.gauge.set({ fault: 'unknown' }, found.unknown === undefined ? 0 : 1);

    const reported = new Set(before.faults.map(describe));
    for (const fault of found.faults.map(describe).filter((text) => !reported.has(text))) {
      log[required ? 'error' : 'warn']({ code: 'redis_not_durable' }, fault);
    }
    if (before.faults.length > 0 && found.faults.length === 0) log.info('Redis is durable now');
    if (found.unknown !== undefined && found.unknown !== before.unknown) {
      log.warn(
        { code: 'redis_durability_unknown', reason: found.unknown },
        'cannot tell whether Redis is durable',
      );
    }
  }
}

const describe = ({ message }: Durability['faults'][number]): string => `Redis: ${message}`;
