export { connectRedis, queuePrefix, untilReady, type ConnectionRole } from './connect';
export { DurabilityWatch } from './durability-watch';
export { Pulse } from './pulse';
