import { Registry, collectDefaultMetrics } from 'prom-client';

/** A registry of its own for one service, with the process's figures in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'optout_' });
  return registry;
}
