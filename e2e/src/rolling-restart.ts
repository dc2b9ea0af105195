import { waitFor } from '@optout-sync/local-runtime/process';
import { startLoadBalancer, type Backend, type LoadBalancer } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

export interface RollingRestartOptions {
  /** How often an ingest is restarted, all in turn. */
  readonly restarts: number;
  /** STOPs sent a second, each of another phone. */
  readonly perSecond: number;
  /** Ingests behind the load balancer (default 2). */
  readonly ingests?: number;
  /** INGEST_DRAIN_SECONDS (default 1: the load balancer polls five times in it). */
  readonly drainSeconds?: number;
  /** The number of the nth phone; the default has room for 100,000. */
  readonly phone?: (n: number) => string;
}

/** What was seen from outside. */
export interface RollingRestartReport {
  /** The status of the answer to each phone's STOP; 0 for none. */
  readonly answers: ReadonlyMap<string, number>;
  /** Why the load balancer got no answer from an ingest, or the sender none from the load balancer. */
  readonly failures: readonly string[];
  /** Requests that went over a connection that had served one before. */
  readonly reused: number;
  /** The exit codes of the ingests that were stopped. */
  readonly exits: readonly (number | null)[];
}

/**
 * Restarts ingests one after another behind a load balancer under a steady load: SIGTERM, until it has ended, started
 * anew with the same spool, until it is ready, then the next. The ingests run on when it is done; messages are not yet
 * settled then.
 */
export async function rollingRestarts(
  system: System,
  options: RollingRestartOptions,
): Promise<RollingRestartReport> {
  const { restarts, perSecond, ingests = 2, drainSeconds = 1 } = options;
  const phone = options.phone ?? ((n: number) => `+1415${String(5_600_000 + n)}`);
  const balancer = await startLoadBalancer({ pollMs: 200 });
  try {
    const slots = [];
    for (let n = 0; n < ingests; n++) {
      slots.push(await Slot.start(system, balancer, { INGEST_DRAIN_SECONDS: String(drainSeconds) }));
    }
    await waitFor(async () => (await fetch(`${balancer.url}/healthz`)).ok, { what: 'the load balancer' });
    const load = startLoad(system, balancer, perSecond, phone);
    const exits: (number | null)[] = [];
    for (let n = 0; n < restarts; n++) {
      await load.flows();
      const slot = slots[n % slots.length];
      if (slot) exits.push(await slot.restart());
    }
    await load.flows();
    const answers = await load.stop();
    return { answers, failures: [...balancer.failures, ...load.failures], reused: balancer.reused, exits };
  } finally {
    await balancer.stop();
  }
}

/** One place behind the load balancer, with a spool that each ingest there takes over from the last. */
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

/** Beyond as many without an answer nothing is sent: what a busy machine cannot do in time tells nothing of restarts. */
const UNDER_WAY = 50;

/** Sends at a rate of its own, whether or not answers come. */
function startLoad(system: System, balancer: LoadBalancer, perSecond: number, phone: (n: number) => string) {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
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
      if (underWay.size >= UNDER_WAY) continue;
      const sending = send(phone(sent++)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }, 5);
  return {
    failures,
    /** Resolves when a second's worth of messages more has been answered. */
    async flows(): Promise<void> {
      const goal = answers.size + perSecond;
      await waitFor(() => answers.size >= goal, { what: 'traffic', timeoutMs: 60_000 });
    },
    async stop(): Promise<ReadonlyMap<string, number>> {
      clearInterval(ticking);
      await Promise.all(underWay);
      return answers;
    },
  };
}
