import { join } from 'node:path';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { BenchContext } from '../harness/benchmark';
import { answersOk, startProgram, type Program } from '../harness/program';
import type { BenchRedis } from '../harness/redis';
import { startIngest, AUTH_TOKEN, PUBLIC_URL } from '../harness/services';

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
    naive: await peer(bench, 'naive', [], naiveEnv),
    naiveNodeHttp: await peer(bench, 'naive-node-http', [], naiveEnv),
    cannedTcp: await peer(bench, 'servers', ['canned-tcp']),
    nodeHttp: await peer(bench, 'servers', ['node-http']),
    nodeHttpForm: await peer(bench, 'servers', ['node-http-form']),
    expressForm: await peer(bench, 'servers', ['express-form']),
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
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Program> {
  const program = await startProgram({
    name,
    args: () => args,
    file: join(__dirname, `../peers/${name}.js`),
    cores: cores?.measured,
    env: (port) => ({ PORT: String(port), WEBHOOK_PATH: WEBHOOK_PATHS.messages, ...env }),
    isReady: (port) => answersOk(`http://127.0.0.1:${String(port)}/healthz`),
  });
  after(() => program.stop());
  return program;
}
