import {
  provideRedis as provideLocalRedis,
  type ProvidedRedis,
  type RedisOptions,
} from '@optout-sync/local-runtime/redis';
import { testcontainersRedis } from './testcontainers-redis';

/** Provides a Redis as `npm start` does, except that Docker is used through testcontainers. */
export function provideRedis(options: RedisOptions): Promise<ProvidedRedis> {
  return provideLocalRedis(options, testcontainersRedis);
}
