import { RedisStore, connectProducer, type RedisStoreOptions } from '../store/redis-store';

/** A store on its own connection. */
export function openRedisStore(options: RedisStoreOptions): RedisStore {
  return new RedisStore(connectProducer(options), options);
}
