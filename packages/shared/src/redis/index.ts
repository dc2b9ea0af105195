export { connectRedis, queuePrefix, untilReady } from './connect';
export { assessDurability } from './durability';
export { redisTime } from './redis-time';
