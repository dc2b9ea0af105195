export { connectRedis, queuePrefix, untilReady } from './connect';
