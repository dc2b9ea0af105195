export { provideRedis } from './provide-redis';
export type { ProvidedRedis, RedisOptions, RedisProvider } from './provided-redis';
