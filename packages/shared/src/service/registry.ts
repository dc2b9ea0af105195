import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { BUILD_METRICS, metricsOf } from './metric-definitions';

/** A registry for one service, with Node's and the process's own metrics, and the release, in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  metricsOf(registry, BUILD_METRICS).build.set({ version: releaseOf(), node: process.version }, 1);
  return registry;
}

/** The version of this package, which is that of the services: two folders above the compiled and the uncompiled module alike. */
function releaseOf(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
