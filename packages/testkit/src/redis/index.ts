export { startCluster, type RedisCluster } from './cluster';
export { provideRedis } from './provide-redis';
export type { ProvidedRedis, RedisOptions, RedisProvider } from './provided-redis';
export { startSentinels, type RedisSentinels } from './sentinels';
