export type { ServerBinary } from './find-server';
export { localServer } from './install-server';
export { portOf, queried } from './ping';
export { privateRedis } from './private-redis';
export { provideRedis } from './provide-redis';
export type { DockerProvider, ProvidedRedis, RedisOptions } from './provided-redis';
export { startServerProcess, type RunningServer } from './server-process';
