import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type E164 } from '@optout-sync/shared/domain';
import { Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { closeQueues, enqueueInbound } from '@optout-sync/shared/queues';
import { createLogger } from '@optout-sync/shared/service';
import { messageSid } from '@optout-sync/twilio-simulator';
import { readConfig } from '../config/config';
import { startWorker, type Overrides, type WorkerService } from '../service';

export interface Harness {
  readonly sandbox: CustomerIoSandbox;
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly worker: WorkerService;
  readonly logLines: string[];
  /** Enqueues events as ingest would. */
  say(...events: InboundEvent[]): Promise<void>;
  entry(phone: string): Promise<LedgerEntry | undefined>;
  /** Waits until everything that was said from these phones has its outcome. */
  settled(...phones: string[]): Promise<void>;
  /** The attribute of everyone whose stored phone is one of these spellings. */
  attribute(spelling: string, name?: string): unknown[];
  metric(line: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** A worker in this process on real Redis and a sandbox of its own. */
export async function startHarness(
  options: {
    sandbox?: SandboxOptions;
    env?: Record<string, string>;
    /** Gets the sandbox before the configuration is read. */
    beforeStart?: (sandbox: CustomerIoSandbox) => void;
    overrides?: Overrides;
  } = {},
): Promise<Harness> {
  const prefix = options.env?.QUEUE_PREFIX ?? `test-${randomUUID()}`;
  const url = options.env?.REDIS_URL ?? process.env.TEST_REDIS_URL ?? '';
  const sandbox = await startCustomerIoSandbox({ appRps: 0, trackRps: 0, ...options.sandbox });
  options.beforeStart?.(sandbox);
  const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
  const config = readConfig({
    REDIS_URL: url,
    QUEUE_PREFIX: prefix,
    WORKER_ADMIN_PORT: '0',
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_TRACK_API_KEY: trackApiKey,
    CUSTOMERIO_APP_API_KEY: appApiKey,
    CUSTOMERIO_REGION: region,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
    CUSTOMERIO_APP_RPS: '500',
    CUSTOMERIO_TRACK_RPS: '500',
    ...options.env,
  });
  const logLines: string[] = [];
  const log = createLogger(
    { service: 'worker', level: 'info' },
    { write: (line) => void logLines.push(line) },
  );
  const worker = await startWorker(config, log, options.overrides).catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queues = openJobStores(redis, prefix, { shards: config.redis.shards });
  const ledger = new Ledger(redis, { prefix });
  const said = new Map<string, Set<string>>();
  const subject = (phone: string) => ({
    workspace: 'default',
    channel: 'sms' as const,
    phone: phone as E164,
  });

  return {
    sandbox,
    ledger,
    queues,
    worker,
    logLines,
    async say(...events) {
      for (const event of events) {
        said.set(event.phone, (said.get(event.phone) ?? new Set()).add(event.messageSid));
        await enqueueInbound(queues, event);
      }
    },
    entry: (phone) => ledger.read(subject(phone)),
    async settled(...phones) {
      for (const phone of phones) {
        await waitFor(
          async () => {
            const history = (await ledger.read(subject(phone)))?.history ?? [];
            const ended = history.filter(({ outcome }) => outcome !== 'pending');
            return ended.length > 0 && ended.length >= (said.get(phone)?.size ?? 0);
          },
          { what: `an outcome for every event of ${phone}`, timeoutMs: 15_000 },
        );
      }
    },
    attribute: (spelling, name = 'sms_unsubscribe') =>
      sandbox
        .workspace()
        .people()
        .filter(({ attributes }) => attributes.phone === spelling)
        .map(({ attributes }) => attributes[name]),
    async metric(line) {
      const answer = await fetch(`http://127.0.0.1:${String(worker.adminPort)}/metrics`);
      const found = (await answer.text()).split('\n').find((one) => one.startsWith(line));
      return found === undefined ? undefined : Number(found.split(' ').at(-1));
    },
    async stop() {
      await worker.stop();
      await closeQueues(queues);
      redis.disconnect();
      await sandbox.stop();
    },
  };
}

/** A STOP (by default) of a phone, now. */
export function saying(phone: string, overrides: Partial<InboundEvent> = {}): InboundEvent {
  const now = Date.now();
  return InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'AC00000000000000000000000000000001',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: now,
    receivedAt: now,
    ...overrides,
  });
}
