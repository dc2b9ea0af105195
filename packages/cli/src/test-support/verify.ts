import { Redis } from 'ioredis';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
  type SandboxWorkspace,
} from '@optout-sync/customerio-sandbox';
import type { Env } from '@optout-sync/shared/config';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores } from './cli';

export interface VerifySystem extends Omit<ReturnType<typeof openStores>, 'close'> {
  readonly redis: Redis;
  readonly sandbox: CustomerIoSandbox;
  readonly workspace: SandboxWorkspace;
  /** A phone on SMS that no test has used. */
  freshSubject(): Subject;
  /** Records an event of the phone, a STOP unless overridden. */
  record(subject: Subject, event?: Partial<InboundEvent>): Promise<void>;
  /** Stores that Customer.io holds the present version, for these people, since `ageMs` (default: an hour). */
  markApplied(subject: Subject, people: readonly string[], ageMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Redis and a sandbox, without a worker, with the environment that a command needs. */
export async function startVerifySystem(options: SandboxOptions = {}, more: Env = {}): Promise<VerifySystem> {
  const stores = openStores();
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
  const sandbox = await startCustomerIoSandbox({ appRps: 0, ...options });
  const workspace = sandbox.workspace();
  let [phones, sent] = [0, 0];
  return {
    ...stores,
    env: {
      ...stores.env,
      CUSTOMERIO_SITE_ID: workspace.siteId,
      CUSTOMERIO_TRACK_API_KEY: workspace.trackApiKey,
      CUSTOMERIO_APP_API_KEY: workspace.appApiKey,
      CUSTOMERIO_APP_URL: sandbox.appUrl,
      CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
      CUSTOMERIO_APP_RPS: '500',
      ...more,
    },
    redis,
    sandbox,
    workspace,
    freshSubject: () => ({
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse(`+1415556${String(1_000 + phones++)}`),
    }),
    async record(subject, given = {}) {
      const at = Date.now() - 3_600_000 + sent++;
      const event = InboundEvent.parse({
        version: 1,
        messageSid: messageSid(),
        accountSid: `AC${'1'.repeat(32)}`,
        kind: 'stop',
        channel: subject.channel,
        phone: subject.phone,
        sender: '+15005550006',
        source: 'webhook',
        occurredAt: at,
        receivedAt: at,
        ...given,
      });
      await stores.ledger.record(subject, event);
    },
    async markApplied(subject, people, ageMs = 3_600_000) {
      const version = (await stores.ledger.read(subject))?.version ?? 0;
      const outcome = people.length > 0 ? 'applied' : 'no_match';
      await stores.ledger.markApplied(subject, version, { outcome, people });
      const { workspace: name, channel, phone } = subject;
      const key = `${stores.env.QUEUE_PREFIX ?? ''}:ledger:{${name}:${channel}:${phone}}`;
      await redis.hset(key, 'wa', Date.now() - ageMs);
    },
    async stop() {
      await stores.close();
      redis.disconnect();
      await sandbox.stop();
    },
  };
}
