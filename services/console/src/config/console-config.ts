import type { RedisConfig } from '@optout-sync/shared/config';

/** The configuration of the console. */
export interface ConsoleConfig {
  readonly port: number;
  readonly host: string;
  readonly adminPort: number;
  readonly adminHost: string;
  readonly redis: RedisConfig;
}
