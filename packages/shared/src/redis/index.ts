export { connectRedis, queuePrefix, untilReady, type ConnectionRole } from './connect';
