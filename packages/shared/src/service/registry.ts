import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { standardOutput } from './log-output';
import { BUILD_METRICS, SHARED_METRICS, configurationOf, metricsOf } from './metric-definitions';
import { RELEASE } from './release';

/** A registry for one service, with Node's and the process's own metrics, and the release, in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const { version, commit } = RELEASE;
  metricsOf(registry, BUILD_METRICS).build.set({ version, node: process.version, commit }, 1);
  new Counter({
    ...configurationOf(SHARED_METRICS.logLinesDropped, registry),
    collect() {
      this.reset();
      this.inc(standardOutput().dropped);
    },
  });
  return registry;
}
