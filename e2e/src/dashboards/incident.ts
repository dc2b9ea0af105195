import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { providePrometheus } from '@optout-sync/local-runtime/monitoring';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { generateRules } from '../support/monitored-system';
import type { View } from './interpolate';
import { breakCustomerIo, breakRedis, deadLettersAndReplay, killWorker, oddities } from './faults';
import { startTraffic } from './traffic';

export interface IncidentOptions {
  /** In seconds: for how long all is well, before and after, and for how long Customer.io answers 500. */
  readonly calm: number;
  readonly outage: number;
  /** What the windows of the rules are divided by, so that alerts fire within the outage. */
  readonly scale: number;
  /** In seconds, between two scrapes. */
  readonly scrapeInterval: number;
  readonly log: (line: string) => void;
}

/** A Prometheus that saw the incident, and the time to show. */
export interface Incident {
  readonly url: string;
  readonly view: View;
  /** What the services export at its end. */
  readonly pages: readonly string[];
  stop(): Promise<void>;
}

/**
 * Runs the system under traffic with a real Prometheus that scrapes it, and breaks what it depends on: first each fault for
 * seconds, then Customer.io for as long as an outage.
 */
export async function runIncident(options: IncidentOptions): Promise<Incident> {
  const { calm, outage, scale, scrapeInterval, log } = options;
  const from = Date.now() / 1_000;
  const system = await System.start({ env: { RECONCILE_PERIOD: '5m' } });
  const stops: (() => Promise<void>)[] = [() => system.stop()];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const [ingest, worker, other, console] = await Promise.all([
      system.startIngest(),
      system.startWorker(),
      system.startWorker(),
      system.startConsole({ CONSOLE_AUTH: 'none' }),
    ]);
    const rules = join(await system.newFolder(), 'rules.yml');
    await writeFile(rules, generateRules('--scale', String(scale)));
    const targets = {
      ingest: [addressOf(ingest)],
      worker: [addressOf(worker), addressOf(other)],
      console: [addressOf(console)],
    };
    const prometheus = await providePrometheus({
      log,
      targets,
      ruleFiles: [rules],
      intervalSeconds: scrapeInterval,
      port: await freePort(),
      mayInstall: process.env.NO_INSTALL === undefined,
    });
    stops.push(() => prometheus.stop());
    const traffic = startTraffic(system, ingest, 300);
    stops.push(() => traffic.stop());

    await phase('all is well', () => delay(calm * 1_000));
    await phase('forged, broken and newer messages, and drift', () => oddities(system, ingest));
    await phase('somebody looks at the console', () => visit(console));
    await phase('Redis is frozen', () => breakRedis(system));
    await phase('a worker is killed', () => killWorker(system, other));
    await phase('dead letters, and their replay', () => deadLettersAndReplay(system, ingest));
    await phase('Customer.io limits, rejects the keys, then is down', () => breakCustomerIo(system, outage));
    await phase('what waited is applied', () => untilApplied(system));
    await phase('all is well', () => delay(calm * 1_000));
    await traffic.stop();

    const pages = await Promise.all([ingest, worker, console].map(metricsOf));
    return { url: prometheus.url, view: { from, to: Date.now() / 1_000, scrapeInterval }, pages, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  async function phase(what: string, run: () => Promise<unknown>): Promise<void> {
    log(`incident: ${what}`);
    await run();
  }
}

const addressOf = ({ adminPort }: Running): string => `127.0.0.1:${String(adminPort)}`;

/** Opens a page twice: a rate needs two values. */
async function visit(console: Running): Promise<void> {
  for (const pause of [5_000, 0]) {
    const answer = await fetch(`http://127.0.0.1:${String(console.port)}/`);
    if (!answer.ok) throw new Error(`the console answers ${String(answer.status)}: ${await answer.text()}`);
    await delay(pause);
  }
}

const metricsOf = async (service: Running): Promise<string> =>
  (await fetch(`http://${addressOf(service)}/metrics`)).text();

const untilApplied = (system: System): Promise<unknown> =>
  waitFor(async () => (await system.metric('optout_unapplied_late')) === 0, {
    what: 'the opt-outs of the outage',
    timeoutMs: 300_000,
    everyMs: 500,
  });
