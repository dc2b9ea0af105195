import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { waitFor } from '@optout-sync/local-runtime/process';
import { DEFAULT_BLOCKED_SENDS, DEFAULT_KEYWORDS, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { connectRedis } from '@optout-sync/shared/redis';
import { createLogger } from '@optout-sync/shared/service';
import { TWILIO_ACCOUNT_SID, sendTwilioWebhook, type TwilioWebhook } from '@optout-sync/twilio-simulator';
import type { IngestConfig } from '@optout-sync/shared/config';
import { Ingest } from '../service';
import { TOKEN } from './keys';

/** A spool folder that nobody can create, not even root. */
export const NO_DISK = { spool: { dir: '/dev/null/spool', maxBytes: 1e9 } } as const;

export interface RunningIngest {
  readonly ingest: Ingest;
  readonly url: string;
  readonly adminUrl: string;
  /** Every line that ingest logged. */
  readonly logs: readonly string[];
  /** The queues that ingest fills, on a connection of the test. */
  readonly queues: JobStores;
  /** Delivers a message as Twilio does. */
  send(webhook: Partial<TwilioWebhook> & Pick<TwilioWebhook, 'params'>): ReturnType<typeof sendTwilioWebhook>;
  stop(): Promise<void>;
}

/** Runs ingest in this process on free ports, with its own key prefix in the tests' Redis. */
export async function runIngest(
  redisUrl: string,
  changes: Partial<IngestConfig> = {},
): Promise<RunningIngest> {
  const prefix = `ingest-${randomUUID()}`;
  const logs: string[] = [];
  const spoolDir = await mkdtemp(join(tmpdir(), 'optout-sync-spool-'));
  const ingest = Ingest.create(
    {
      port: 0,
      adminPort: 0,
      host: undefined,
      adminHost: '127.0.0.1',
      drainMs: 0,
      publicUrl: undefined,
      trustProxy: false,
      accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens: [TOKEN] }]]),
      workspaces: ['default'],
      workspaceOf: () => 'default',
      studioTokens: [],
      webhookTokens: [],
      intake: [],
      linkKeys: [],
      keywords: DEFAULT_KEYWORDS,
      blockedSends: DEFAULT_BLOCKED_SENDS,
      forwardUrls: [],
      forwardSignature: false,
      redis: { mode: 'standalone', prefix, url: redisUrl },
      spool: { dir: spoolDir, maxBytes: 100_000_000 },
      logLevel: 'debug',
      logFormat: 'json',
      traces: false,
      warnings: [],
      ...changes,
    },
    { log: createLogger({ service: 'ingest', level: 'debug' }, { write: (line) => void logs.push(line) }) },
  );
  const { port, adminPort } = await ingest.start();
  const url = `http://127.0.0.1:${port}`;
  const webhookUrl = url + WEBHOOK_PATHS.messages;
  const redis = connectRedis({ mode: 'standalone', prefix, url: redisUrl }, 'worker', () => undefined);
  return {
    ingest,
    url,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    logs,
    queues: openJobStores(redis, prefix),
    send: (webhook) =>
      sendTwilioWebhook({ url: webhookUrl, authToken: TOKEN, connectUrl: webhookUrl, ...webhook }),
    async stop() {
      await ingest.stop();
      if (redis.status === 'ready') {
        const keys = await redis.keys(`${prefix}:*`);
        if (keys.length > 0) await redis.del(keys);
      }
      redis.disconnect();
      await rm(spoolDir, { recursive: true, force: true });
    },
  };
}

/** Waits until Redis takes the events. */
export const untilReady = ({ adminUrl }: RunningIngest): Promise<true> =>
  waitFor(async () => (await (await fetch(`${adminUrl}/readyz`)).text()).includes('Redis takes'), {
    what: 'ingest to be ready',
  });
