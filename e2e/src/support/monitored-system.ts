import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { providePrometheus, queryPrometheus, scrapedTargets } from '@optout-sync/local-runtime/monitoring';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';

/**
 * What all durations of the rules are divided by. `[5m]` becomes 5 s, which holds two scrapes; a scrape may take a second, while
 * Redis does not answer, so it cannot happen every second.
 */
export const SCALE = 60;
const INTERVAL_SECONDS = 2;

const GENERATOR = join(__dirname, '../../../deploy/prometheus/generate.mjs');

/** The rules as Prometheus reads them. */
export const generateRules = (...args: string[]): string =>
  execFileSync(process.execPath, [GENERATOR, ...args], { encoding: 'utf8' });

/** A system, and a Prometheus that runs our rules on it, with all durations divided by `SCALE`. */
export interface MonitoredSystem {
  readonly system: System;
  readonly ingests: readonly Running[];
  readonly workers: readonly Running[];
  /** The alerts that have fired since the start, in alphabetical order. */
  fired(): Promise<string[]>;
  /** The alerts that fire now. */
  firing(): Promise<string[]>;
  /** Starts an ingest that has ended again: with its spool, and where Prometheus scrapes it. */
  restartIngest(n: number): Promise<void>;
  /** The value of an expression with one series; undefined without any. */
  value(expression: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Starts a system with so many instances of each service, and waits until Prometheus has scraped them all. */
export async function startMonitoredSystem(replicas = 1): Promise<MonitoredSystem> {
  const system = await System.start();
  const several = <Made>(make: () => Promise<Made>): Promise<Made[]> =>
    Promise.all(Array.from({ length: replicas }, make));
  const spools = await several(() => system.newFolder());
  const ingests = await Promise.all(spools.map((SPOOL_DIR) => system.startIngest({ SPOOL_DIR })));
  const workers = await several(() => system.startWorker());
  const rules = join(await system.newFolder(), 'rules.yml');
  await writeFile(rules, generateRules('--scale', String(SCALE)));
  const addresses = (services: readonly Running[]): string[] =>
    services.map(({ adminPort }) => `127.0.0.1:${String(adminPort)}`);
  const prometheus = await providePrometheus({
    targets: { ingest: addresses(ingests), worker: addresses(workers) },
    ruleFiles: [rules],
    intervalSeconds: INTERVAL_SECONDS,
    log: () => undefined,
    mayInstall: process.env.NO_INSTALL === undefined,
  });
  const { url } = prometheus;
  await waitFor(
    async () => {
      const targets = await scrapedTargets(url);
      return targets.length === 2 * replicas && targets.every(({ up }) => up);
    },
    { what: 'Prometheus to scrape all services', everyMs: 100 },
  );
  const firing = () => alertsOf(url, 'ALERTS{alertstate="firing"}');
  await waitFor(async () => (await firing()).length === 0, { what: 'no alert to fire', everyMs: 100 });
  // Before the first scrapes every service is absent.
  const startedAt = performance.now();
  const sinceStart = (): string => `${String(Math.ceil(performance.now() - startedAt))}ms`;
  return {
    system,
    ingests,
    workers,
    fired: () => alertsOf(url, `max_over_time(ALERTS{alertstate="firing"}[${sinceStart()}])`),
    firing,
    async restartIngest(n) {
      await system.startIngest({ SPOOL_DIR: spools[n]! }, { adminPort: ingests[n]!.adminPort });
    },
    value: async (expression) => (await queryPrometheus(url, expression))[0]?.value,
    async stop() {
      await prometheus.stop();
      await system.stop();
    },
  };
}

/** The names of the alerts among these series. */
async function alertsOf(url: string, series: string): Promise<string[]> {
  const alerts = await queryPrometheus(url, `group by (alertname) (${series})`);
  return alerts.map(({ labels }) => labels.alertname ?? '').sort();
}
