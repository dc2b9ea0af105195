import { join } from 'node:path';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { BenchRedis } from '../harness/bench-redis';
import type { BenchContext } from '../harness/benchmark';
import { startIngest } from '../harness/services';
import { AUTH_TOKEN, PUBLIC_URL } from '../load/twilio-requests';
import { answersOk, startProgram, type Program } from '../process/program';

/** Ingest and its peers, each in its own process on the measured core. */
export interface IngestServers {
  readonly ingest: Program;
  /** Ingest on a Redis with `appendfsync always`. */
  readonly ingestOnAlways: Program;
  readonly cannedTcp: Program;
  readonly nodeHttp: Program;
  readonly nodeHttpForm: Program;
  readonly expressForm: Program;
  readonly naive: Program;
  readonly naiveNodeHttp: Program;
}

export async function startServers(
  bench: BenchContext,
  everysec: BenchRedis,
  always: BenchRedis,
): Promise<IngestServers> {
  const naiveEnv = { REDIS_URL: everysec.url, AUTH_TOKEN, PUBLIC_URL };
  return {
    ingest: await ours(bench, everysec),
    ingestOnAlways: await ours(bench, always),
    naive: await peer(bench, 'naive', naiveEnv),
    naiveNodeHttp: await peer(bench, 'naive-node-http', naiveEnv),
    cannedTcp: await peer(bench, 'canned-tcp'),
    nodeHttp: await peer(bench, 'node-http'),
    nodeHttpForm: await peer(bench, 'node-http-form'),
    expressForm: await peer(bench, 'express-form'),
  };
}

async function ours({ cores, after }: BenchContext, redis: BenchRedis): Promise<Program> {
  const program = await startIngest({ cores: cores?.measured, redisUrl: redis.url, prefix: 'optout' });
  after(() => program.stop());
  return program;
}

async function peer(
  { cores, after }: BenchContext,
  name: string,
  env: Record<string, string> = {},
): Promise<Program> {
  const program = await startProgram({
    name,
    file: join(__dirname, `../peers/${name}.js`),
    cores: cores?.measured,
    env: (port) => ({ PORT: String(port), WEBHOOK_PATH: WEBHOOK_PATHS.messages, ...env }),
    isReady: (port) => answersOk(`http://127.0.0.1:${String(port)}/healthz`),
  });
  after(() => program.stop());
  return program;
}
