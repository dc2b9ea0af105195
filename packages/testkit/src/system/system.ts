import { randomUUID } from 'node:crypto';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import type { Channel } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { provideRedis } from '../redis/provide-redis';
import { deliver, deliverJson, deliverTo } from './deliver';
import { attributesOf, readEntry, untilSettled } from './inspect';
import { openStores, type Stores, type SystemRedis } from './redis';
import { Services } from './services';
import { settingsFor } from './settings';

/** How long the last page of metrics may take, in ms: a test may have frozen the service. */
const LAST_PAGE_MS = 5_000;

interface SystemOptions {
  readonly sandbox?: SandboxOptions;
  /** Started by the test, stopped with the system. Default: one Redis of the system's own. */
  readonly redis?: SystemRedis;
  /** The folder for the files of the system's own Redis (default: a temporary one). */
  readonly redisFolder?: string;
  /** Settings of every service in addition to those that follow from sandbox and Redis. */
  readonly env?: Record<string, string> | ((sandbox: CustomerIoSandbox) => Record<string, string>);
  /** The folder with the built services (default: this repository's). */
  readonly services?: string;
}

/**
 * The whole system in real processes on real Redis servers, against a sandbox that has Customer.io's real limits: how to
 * start its services is in `Services`, how to deliver to them in deliver.ts, how to read the results in inspect.ts.
 */
export class System extends Services {
  readonly connection: Stores['connection'];
  readonly queues: Stores['queues'];
  readonly reviews: Stores['reviews'];

  private constructor(
    private readonly servers: SystemRedis,
    private readonly own: ProvidedRedis | undefined,
    readonly sandbox: CustomerIoSandbox,
    /** The prefix of all keys. */
    readonly prefix: string,
    private readonly stores: Stores,
    services: ConstructorParameters<typeof Services>,
  ) {
    super(...services);
    ({ connection: this.connection, queues: this.queues, reviews: this.reviews } = stores);
  }

  /** Starts Redis and the sandbox; the test starts the services. */
  static async start(options: SystemOptions = {}): Promise<System> {
    const own = options.redis
      ? undefined
      : await provideRedis({ log: () => undefined, dir: options.redisFolder });
    const servers = options.redis ?? { env: { REDIS_URL: own?.url ?? '' }, stop: () => own?.stop() };
    const sandbox = await startCustomerIoSandbox(options.sandbox);
    const prefix = `e2e-${randomUUID()}`;
    const redis = { ...servers.env, QUEUE_PREFIX: prefix };
    const more = typeof options.env === 'function' ? options.env(sandbox) : options.env;
    const env = { ...redis, ...settingsFor(sandbox), ...more };
    return new System(servers, own, sandbox, prefix, await openStores(redis), [env, options.services]);
  }

  /** Sends a form to an ingest as Twilio does, by default to the messages route. */
  deliver(...args: Parameters<typeof deliver>): ReturnType<typeof deliver> {
    this.privateData.addRequest(args[1]);
    return deliver(...args);
  }

  /** Sends a message to the load balancer at a URL. */
  deliverTo(...args: Parameters<typeof deliverTo>): ReturnType<typeof deliverTo> {
    this.privateData.addRequest(args[1]);
    return deliverTo(...args);
  }

  /** Sends JSON to an ingest as Event Streams does. */
  deliverJson(...args: Parameters<typeof deliverJson>): ReturnType<typeof deliverJson> {
    this.privateData.addRequest(args[2]);
    return deliverJson(...args);
  }

  /** Adds what a test sends by other means than the methods above: its phone numbers and texts are private too. */
  hides(...values: readonly unknown[]): void {
    for (const value of values) {
      if (typeof value === 'string') this.privateData.addText(value);
      else this.privateData.addRequest(value);
    }
  }

  /** Everybody whom Customer.io knows is searched for as well. */
  override leaks(): string[] {
    for (const { attributes } of this.sandbox.workspace().people()) this.privateData.addRequest(attributes);
    return super.leaks();
  }

  entry(phone: string, channel?: Channel, workspace?: string): Promise<LedgerEntry | undefined> {
    return readEntry(this.stores.ledger, phone, channel, workspace);
  }

  settled(phones: readonly string[], events?: number, timeoutMs?: number, channel?: Channel): Promise<void> {
    return untilSettled(this.stores.ledger, phones, events, timeoutMs, channel);
  }

  attribute(phone: string, name?: string): unknown[] {
    return attributesOf(this.sandbox, phone, name);
  }

  /** @throws {Error} when the test has started the servers itself */
  get redis(): ProvidedRedis {
    if (!this.own) throw new Error('the test has started the Redis servers itself');
    return this.own;
  }

  /** Changes a setting of Redis while it runs. */
  async configureRedis(name: string, value: string): Promise<void> {
    await this.connection.config('SET', name, value);
  }

  async stop(): Promise<void> {
    // One that hangs has no page.
    await this.metricPages(LAST_PAGE_MS).catch(() => undefined);
    await this.stopServices();
    await closeQueues(this.queues);
    this.connection.disconnect();
    await this.sandbox.stop();
    await this.servers.stop();
    await this.removeFolders();
    this.assertPrivate();
  }
}
