import { createHash } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { RedisConfig } from '../config/redis-config';
import { CONFIG_METRICS, metricsOf } from './metric-definitions';

/**
 * Registers how this process is configured.
 *
 * @param shared the settings that all replicas of the service have in common, as JSON; without secrets
 */
export function registerConfigInfo(
  registry: Registry,
  { redis, logLevel }: { readonly redis: RedisConfig; readonly logLevel: string },
  shared: readonly unknown[],
): void {
  const { mode, prefix, requireDurable } = redis;
  const settings = JSON.stringify([mode, prefix, requireDurable, ...shared]);
  const digest = createHash('sha256').update(settings).digest('hex').slice(0, 12);
  metricsOf(registry, CONFIG_METRICS).config.set({ redis_mode: mode, log_level: logLevel, digest }, 1);
}
