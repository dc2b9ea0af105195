export { connectRedis, queuePrefix, untilReady, type ConnectionRole } from './connect';
export { assessDurability, type Durability } from './durability';
export { Pulse } from './pulse';
