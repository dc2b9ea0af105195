export { startLoadBalancer, type LoadBalancer, type Target } from './load-balancer/load-balancer';
export { startCluster, type RedisCluster } from './redis/cluster';
export { dockerRedis } from './redis/docker-redis';
export { startSentinels, type RedisSentinels } from './redis/sentinels';
export { TcpProxy } from './tcp/tcp-proxy';
export type { Trap, TrapOptions } from './tcp/trap';
