import { Registry, collectDefaultMetrics } from 'prom-client';

/** A registry for one service, with Node's and the process's own metrics in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
