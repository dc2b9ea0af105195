import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type E164, type Subject, type ReconcileMode } from '@optout-sync/shared/domain';
import { Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { closeQueues, enqueueInbound, enqueueSync } from '@optout-sync/shared/queues';
import { SyncMarks } from '@optout-sync/shared/reconcile';
import { createLogger } from '@optout-sync/shared/service';
import { messageSid } from '@optout-sync/twilio-simulator';
import { readWorkerConfig, type WorkerConfig } from '@optout-sync/shared/config';
import type { WorkerOverrides } from '../context';
import { Worker } from '../service';

export interface Harness {
  readonly sandbox: CustomerIoSandbox;
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly worker: Worker;
  readonly adminPort: number;
  /** Of its keys in Redis. */
  readonly prefix: string;
  readonly logLines: string[];
  /** Enqueues inbound events as ingest does. */
  enqueue(...events: InboundEvent[]): Promise<void>;
  /** Asks for a forced sync of a phone and waits until it has ended. */
  force(phone: string, mode?: ReconcileMode): Promise<void>;
  entry(phone: string): Promise<LedgerEntry | undefined>;
  /** Waits until every enqueued event of these phones has its outcome. */
  settled(...phones: string[]): Promise<void>;
  /** The attribute of everyone whose phone is stored in this spelling. */
  attribute(spelling: string, name?: string): unknown[];
  /** The sum of the samples whose lines begin with this; undefined where there is none. */
  metric(line: string): Promise<number | undefined>;
  /** Stops the worker and starts another one. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a worker in this process, on real Redis and its own sandbox. */
export async function startHarness(
  options: {
    sandbox?: SandboxOptions;
    env?: Record<string, string>;
    /** Called with the sandbox before the configuration is read. */
    beforeStart?: (sandbox: CustomerIoSandbox) => void;
    overrides?: WorkerOverrides;
  } = {},
): Promise<Harness> {
  const url = options.env?.REDIS_URL ?? process.env.TEST_REDIS_URL ?? '';
  const sandbox = await startCustomerIoSandbox({ appRps: 0, trackRps: 0, ...options.sandbox });
  options.beforeStart?.(sandbox);
  const config = configFor(sandbox, { REDIS_URL: url, ...options.env });
  const logLines: string[] = [];
  const log = createLogger(
    { service: 'worker', level: 'info' },
    { write: (line) => void logLines.push(line) },
  );
  const createWorker = (): Worker => Worker.create(config, { log, ...options.overrides });
  const worker = createWorker();
  const others: Worker[] = [];
  const { adminPort } = await worker.start().catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  const { prefix } = config.redis;
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queues = openJobStores(redis, prefix);
  const ledger = new Ledger(redis, { prefix });
  const marks = new SyncMarks(redis, prefix);

  return {
    sandbox,
    ledger,
    queues,
    worker,
    adminPort,
    prefix,
    logLines,
    ...eventsOn(queues, ledger),
    async force(phone, mode = 'enforce') {
      const subject = subjectOf(phone);
      await marks.set(subject, { reason: 'sweep', mode });
      await enqueueSync(queues, { version: 1, ...subject }, { lane: 'background' });
      await waitFor(async () => !(await marks.read(subject)), { what: 'the forced sync' });
    },
    attribute: (spelling, name = 'sms_unsubscribe') =>
      sandbox
        .workspace()
        .people()
        .filter(({ attributes }) => attributes.phone === spelling)
        .map(({ attributes }) => attributes[name]),
    metric: (line) => readMetric(adminPort, line),
    async restart() {
      await Promise.all([worker, ...others].map((one) => one.stop()));
      const other = createWorker();
      others.push(other);
      await other.start();
    },
    async stop() {
      await Promise.all([worker, ...others].map((one) => one.stop()));
      await closeQueues(queues);
      redis.disconnect();
      await sandbox.stop();
    },
  };
}

function configFor(sandbox: CustomerIoSandbox, env: Record<string, string>): WorkerConfig {
  const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
  return readWorkerConfig({
    QUEUE_PREFIX: `test-${randomUUID()}`,
    WORKER_ADMIN_PORT: '0',
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_TRACK_API_KEY: trackApiKey,
    CUSTOMERIO_APP_API_KEY: appApiKey,
    CUSTOMERIO_REGION: region,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
    CUSTOMERIO_APP_RPS: '500',
    CUSTOMERIO_TRACK_RPS: '500',
    ...env,
  });
}

function eventsOn(queues: JobStores, ledger: Ledger): Pick<Harness, 'enqueue' | 'entry' | 'settled'> {
  const enqueued = new Map<string, Set<string>>();
  const entry = (phone: string): Promise<LedgerEntry | undefined> => ledger.read(subjectOf(phone));
  const isSettled = async (phone: string): Promise<boolean> => {
    const history = (await entry(phone))?.history ?? [];
    const ended = history.filter(({ outcome }) => outcome !== 'pending');
    return ended.length > 0 && ended.length >= (enqueued.get(phone)?.size ?? 0);
  };
  return {
    entry,
    async enqueue(...events) {
      for (const event of events) {
        enqueued.set(event.phone, (enqueued.get(event.phone) ?? new Set()).add(event.messageSid));
        await enqueueInbound(queues, event);
      }
    },
    async settled(...phones) {
      for (const phone of phones) {
        const what = `an outcome for every event of ${phone}`;
        await waitFor(() => isSettled(phone), { what, timeoutMs: 60_000 });
      }
    },
  };
}

function subjectOf(phone: string): Subject {
  return { workspace: 'default', channel: 'sms', phone: phone as E164 };
}

async function readMetric(adminPort: number, line: string): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${String(adminPort)}/metrics`);
  const samples = (await answer.text()).split('\n').filter((text) => text.startsWith(line));
  if (samples.length === 0) return undefined;
  return samples.reduce((sum, sample) => sum + Number(sample.split(' ').at(-1)), 0);
}

/** A STOP, unless overridden, that the phone sends now. */
export function inboundEvent(phone: string, overrides: Partial<InboundEvent> = {}): InboundEvent {
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
