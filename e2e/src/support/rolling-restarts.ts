import { waitFor } from '@optout-sync/local-runtime/process';
import { startLoadBalancer, type Backend, type LoadBalancer } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

export interface RollingRestartOptions {
  /** Number of restarts, in turn over the ingests. */
  readonly restarts: number;
  /** STOPs sent per second, each from another phone. */
  readonly perSecond: number;
}

/** What a client of the load balancer sees. */
export interface RollingRestartReport {
  /** The status of the answer to each phone's STOP; 0 without an answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** Why the load balancer got no answer from an ingest, or the sender none from the load balancer. */
  readonly failures: readonly string[];
  /** Number of requests on a connection that had carried one before. */
  readonly reused: number;
  /** The exit codes of the stopped ingests. */
  readonly exits: readonly (number | null)[];
}

const INGESTS = 2;
const FIRST_NUMBER = 5_600_000;
/** The load balancer polls five times within it. */
const DRAIN_SECONDS = 1;

/**
 * Restarts two ingests one after the other behind a load balancer under a steady load: SIGTERM, wait for the end of the
 * process, start another with the same spool, wait until it is ready. At the end the ingests still run, and messages may not
 * have their outcome yet.
 */
export async function rollingRestarts(
  system: System,
  { restarts, perSecond }: RollingRestartOptions,
): Promise<RollingRestartReport> {
  const balancer = await startLoadBalancer({ pollMs: 200 });
  try {
    const slots = [];
    for (let n = 0; n < INGESTS; n++) {
      slots.push(await Slot.start(system, balancer, { INGEST_DRAIN_SECONDS: String(DRAIN_SECONDS) }));
    }
    await waitFor(async () => (await fetch(`${balancer.url}/healthz`)).ok, { what: 'the load balancer' });
    const load = startLoad(system, balancer, perSecond);
    const exits: (number | null)[] = [];
    for (let n = 0; n < restarts; n++) {
      await load.anotherSecond();
      const slot = slots[n % slots.length];
      if (slot) exits.push(await slot.restart());
    }
    await load.anotherSecond();
    const answers = await load.stop();
    return { answers, failures: [...balancer.failures, ...load.failures], reused: balancer.reused, exits };
  } finally {
    await balancer.stop();
  }
}

/** A slot behind the load balancer: a restarted ingest takes over the spool of the one before. */
class Slot {
  private constructor(
    private readonly system: System,
    private readonly balancer: LoadBalancer,
    private readonly env: Record<string, string>,
    private ingest: Running,
    private backend: Backend,
  ) {
    balancer.add(backend);
  }

  static async start(system: System, balancer: LoadBalancer, env: Record<string, string>): Promise<Slot> {
    const own = { ...env, SPOOL_DIR: await system.newFolder() };
    const ingest = await system.startIngest(own);
    return new Slot(system, balancer, own, ingest, backendOf(ingest));
  }

  async restart(): Promise<number | null> {
    const { code } = await this.ingest.stop();
    this.balancer.remove(this.backend);
    this.ingest = await this.system.startIngest(this.env);
    this.backend = backendOf(this.ingest);
    this.balancer.add(this.backend);
    return code;
  }
}

const backendOf = ({ port, adminPort }: Running): Backend => ({
  port,
  readyUrl: `http://127.0.0.1:${String(adminPort)}/readyz`,
});

/** With this many requests in flight no more are sent: a slow machine must not look like a failed restart. */
const MAX_IN_FLIGHT = 50;

/** Sends at a fixed rate, without waiting for answers. */
function startLoad(system: System, balancer: LoadBalancer, perSecond: number) {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  let due = 0;
  let lastAt = performance.now();
  const send = async (From: string): Promise<void> => {
    const stop = twilioMessage({ From, OptOutType: 'STOP' });
    const status = await system.deliverTo(balancer.url, stop).then(
      (answer) => answer.status,
      (error: unknown) => {
        failures.push((error as Error).message);
        return 0;
      },
    );
    answers.set(From, status);
  };
  const ticking = setInterval(() => {
    const now = performance.now();
    due += ((now - lastAt) / 1_000) * perSecond;
    lastAt = now;
    for (; due >= 1; due -= 1) {
      if (inFlight.size >= MAX_IN_FLIGHT) continue;
      const sending = send(`+1415${String(FIRST_NUMBER + sent++)}`).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  }, 5);
  return {
    failures,
    /** Resolves when as many more messages are answered as are sent in a second. */
    async anotherSecond(): Promise<void> {
      const goal = answers.size + perSecond;
      await waitFor(() => answers.size >= goal, { what: 'a second of load', timeoutMs: 60_000 });
    },
    async stop(): Promise<ReadonlyMap<string, number>> {
      clearInterval(ticking);
      await Promise.all(inFlight);
      return answers;
    },
  };
}
