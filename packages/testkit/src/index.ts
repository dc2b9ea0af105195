export { startLoadBalancer, type Backend, type LoadBalancer } from './load-balancer/load-balancer';
export { startCluster, type RedisCluster } from './redis/cluster';
export { provideRedis } from './redis/provide-redis';
export { startSentinels, type RedisSentinels } from './redis/sentinels';
export type { TlsFiles } from './redis/tls';
export { TcpProxy } from './tcp/tcp-proxy';
export type { Trap, TrapOptions } from './tcp/trap';
