export { connectRedis, queuePrefix, untilReady } from './connect';
export { assessDurability } from './durability';
export { RedisClock } from './redis-clock';
export { redisTime } from './redis-time';
export { wrongTypeKey } from './wrong-type';
