import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { freePort, spawnService, waitFor, type Service } from '@optout-sync/local-runtime/process';
import { provideRedis, type ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { parseEnv, redisConfig, redisEnv } from '@optout-sync/shared/config';
import { E164, type Channel } from '@optout-sync/shared/domain';
import { Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { ReviewList } from '@optout-sync/shared/review';
import {
  TWILIO_ACCOUNT_SID,
  sendTwilioJson,
  sendTwilioWebhook,
  type TwilioAnswer,
  type TwilioParams,
} from '@optout-sync/twilio-simulator';

/** This repository: of the sources as of the built files. */
const ROOT = join(__dirname, '../../../..');
const SERVICES = join(ROOT, 'services');
const CLI = join(ROOT, 'packages/cli/dist/main.js');
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
export const PUBLIC_URL = 'https://optout.example.com';
export const MESSAGES = '/webhooks/twilio/messages';
/** Who is not Twilio calls the Studio route with it. */
export const STUDIO_TOKEN = 'a-token-for-the-studio-route';

/** A service's process, with its ports. */
export interface Running extends Service {
  readonly port: number;
  readonly adminPort: number;
}

/** Servers that a test has started: the variables that lead to them, and how they end. */
export interface SystemRedis {
  readonly env: Record<string, string>;
  stop(): Promise<void> | undefined;
}

/** The whole system in real processes on a Redis of its own, against a sandbox that has Customer.io's real limits. */
export class System {
  private readonly running: Running[] = [];
  /** Every line any service printed. */
  readonly logLines: string[] = [];

  private readonly folders: string[] = [];

  private constructor(
    private readonly servers: SystemRedis,
    /** The one Redis, where the test has not brought others. */
    private readonly own: ProvidedRedis | undefined,
    readonly sandbox: CustomerIoSandbox,
    readonly queues: JobStores,
    readonly reviews: ReviewList,
    /** The prefix of all keys. */
    readonly prefix: string,
    readonly connection: ReturnType<typeof connectRedis>,
    private readonly ledger: Ledger,
    private readonly env: NodeJS.ProcessEnv,
    private readonly services: string,
  ) {
    // It reconnects by itself; without a listener ioredis prints each failed try.
    connection.on('error', () => undefined);
  }

  get redis(): ProvidedRedis {
    if (!this.own) throw new Error('the servers are those of the test');
    return this.own;
  }

  static async start(
    options: {
      sandbox?: SandboxOptions;
      /** Started by the test, stopped with the system. */
      redis?: SystemRedis;
      /** Settings of every service, beside those that follow from the sandbox and the Redis. */
      env?: Record<string, string> | ((sandbox: CustomerIoSandbox) => Record<string, string>);
      /** The folder with the built services (default: this repository's). */
      services?: string;
    } = {},
  ): Promise<System> {
    const own = options.redis ? undefined : await provideRedis({ log: () => undefined });
    const servers = options.redis ?? { env: { REDIS_URL: own?.url ?? '' }, stop: () => own?.stop() };
    const sandbox = await startCustomerIoSandbox(options.sandbox);
    const prefix = `e2e-${randomUUID()}`;
    const redis = { ...servers.env, QUEUE_PREFIX: prefix };
    const config = redisConfig(parseEnv(redisEnv, redis));
    const connection = connectRedis(config, 'worker', () => undefined);
    await untilReady(connection);
    const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
    return new System(
      servers,
      own,
      sandbox,
      openJobStores(connection, queuePrefix(config), { shards: config.shards }),
      new ReviewList(connection, prefix),
      prefix,
      connection,
      new Ledger(connection, { prefix }),
      {
        ...redis,
        PUBLIC_URL,
        TWILIO_ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        STUDIO_TOKEN,
        CUSTOMERIO_SITE_ID: siteId,
        CUSTOMERIO_TRACK_API_KEY: trackApiKey,
        CUSTOMERIO_APP_API_KEY: appApiKey,
        CUSTOMERIO_REGION: region,
        CUSTOMERIO_APP_URL: sandbox.appUrl,
        CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
        ...(typeof options.env === 'function' ? options.env(sandbox) : options.env),
      },
      options.services ?? SERVICES,
    );
  }

  /** With a spool of its own, unless told to take over another's `SPOOL_DIR`; stopped, it waits for no load balancer. */
  async startIngest(env: Record<string, string> = {}): Promise<Running> {
    const SPOOL_DIR = env.SPOOL_DIR ?? (await this.newFolder());
    return this.spawn('ingest', (port, adminPort) => ({
      INGEST_DRAIN_SECONDS: '0',
      ...env,
      SPOOL_DIR,
      INGEST_PORT: String(port),
      INGEST_ADMIN_PORT: String(adminPort),
    }));
  }

  startWorker(env: Record<string, string> = {}): Promise<Running> {
    return this.spawn('worker', (_, adminPort) => ({ ...env, WORKER_ADMIN_PORT: String(adminPort) }));
  }

  /** Runs the operators' command in a process of its own. */
  cli(
    args: readonly string[],
    changes: Record<string, string> = {},
  ): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
    return new Promise((resolve) => {
      const env = { ...process.env, ...this.env, ...changes };
      execFile(process.execPath, [CLI, ...args], { env }, (failed, out, error) => {
        resolve({ code: failed ? Number(failed.code ?? 1) : 0, out, error });
      });
    });
  }

  /** A folder that goes with the system. */
  async newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-e2e-'));
    this.folders.push(folder);
    return folder;
  }

  /** Sends a message to whatever stands before the ingests. */
  deliverTo(url: string, params: TwilioParams): Promise<TwilioAnswer> {
    const connectUrl = `${url}${MESSAGES}`;
    return sendTwilioWebhook({ url: `${PUBLIC_URL}${MESSAGES}`, connectUrl, params, authToken: AUTH_TOKEN });
  }

  /** Sends one form to an ingest as Twilio does, to the messages route unless told otherwise. */
  deliver(
    ingest: Running,
    params: TwilioParams,
    { path = MESSAGES, ...how }: { path?: string; method?: 'GET' | 'POST'; authToken?: string } = {},
  ): Promise<TwilioAnswer> {
    return sendTwilioWebhook({ ...target(ingest, path), params, authToken: AUTH_TOKEN, ...how });
  }

  /** Sends JSON to an ingest as Event Streams does. */
  deliverJson(ingest: Running, path: string, body: unknown): Promise<TwilioAnswer> {
    return sendTwilioJson({ ...target(ingest, path), body, authToken: AUTH_TOKEN });
  }

  entry(phone: string, channel: Channel = 'sms', workspace = 'default'): Promise<LedgerEntry | undefined> {
    return this.ledger.read({ workspace, channel, phone: E164.parse(phone) });
  }

  /** Waits until each phone's ledger holds that many events and all of them have their outcome. */
  async settled(
    phones: readonly string[],
    events = 1,
    timeoutMs = 30_000,
    channel: Channel = 'sms',
  ): Promise<void> {
    const open = new Set(phones);
    await waitFor(
      async () => {
        for (const phone of open) {
          const history = (await this.entry(phone, channel))?.history ?? [];
          const ended = history.filter(({ outcome }) => outcome !== 'pending');
          if (ended.length < events) return false;
          open.delete(phone);
        }
        return true;
      },
      { what: `the outcomes of ${String(phones.length)} phones`, timeoutMs, everyMs: 50 },
    );
  }

  /** An attribute of everyone with this number. */
  attribute(phone: string, name = 'sms_unsubscribe'): unknown[] {
    return this.sandbox
      .workspace()
      .people()
      .filter(({ attributes }) => attributes.phone === phone)
      .map(({ attributes }) => attributes[name]);
  }

  /** Changes a setting of Redis while it runs. */
  async configureRedis(name: string, value: string): Promise<void> {
    await this.connection.config('SET', name, value);
  }

  /** The sum of a metric over all services that run, of the series whose name and labels hold all these texts. */
  async metric(name: string, ...labels: string[]): Promise<number> {
    const pages = await Promise.all(
      this.running
        .filter(({ ended }) => !ended)
        .map(async ({ adminPort }) => (await fetch(`http://127.0.0.1:${String(adminPort)}/metrics`)).text()),
    );
    return pages
      .flatMap((page) => page.split('\n'))
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((service) => service.stop()));
    await closeQueues(this.queues);
    this.connection.disconnect();
    await this.sandbox.stop();
    await this.servers.stop();
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }

  private async spawn(
    name: string,
    ports: (port: number, adminPort: number) => Record<string, string>,
  ): Promise<Running> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const service = await spawnService({
      name,
      entry: join(this.services, name, 'dist/main.js'),
      env: { ...this.env, ...ports(port, adminPort) },
      readyUrl: `http://127.0.0.1:${String(adminPort)}/readyz`,
      onLog: (line) => this.logLines.push(line),
    });
    // A getter of the service's would not survive a spread.
    const running = Object.assign(Object.create(service) as Service, { port, adminPort });
    this.running.push(running);
    return running;
  }
}

function target(ingest: Running, path: string): { url: string; connectUrl: string } {
  return { url: `${PUBLIC_URL}${path}`, connectUrl: `http://127.0.0.1:${String(ingest.port)}${path}` };
}

/** Does the work on every item, `width` at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
