import { RedisStore, connectProducer, type RedisStoreOptions } from '../store/redis-store';

/** A store on a connection of its own. */
export function openRedisStore(options: RedisStoreOptions): RedisStore {
  return new RedisStore(connectProducer(options), options);
}
