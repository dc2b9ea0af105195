export { createRegistry } from './registry';
export { registerQueueGauges } from './queue-gauges';
