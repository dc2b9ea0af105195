import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { standardOutput } from './log-output';
import { BUILD_METRICS, SHARED_METRICS, configurationOf, metricsOf } from './metric-definitions';

/** A registry for one service, with Node's and the process's own metrics, and the release, in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  metricsOf(registry, BUILD_METRICS).build.set({ version: releaseOf(), node: process.version }, 1);
  new Counter({
    ...configurationOf(SHARED_METRICS.logLinesDropped, registry),
    collect() {
      this.reset();
      this.inc(standardOutput().dropped);
    },
  });
  return registry;
}

/** The version of this package, which is that of the services: two folders above the compiled and the uncompiled module alike. */
export function releaseOf(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
