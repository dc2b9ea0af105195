import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OwnedProcess, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import type { Attack } from './attack';

const ROOT = join(__dirname, '../../..');
const DEADLINE_MS = 120_000;
const READY = /Ctrl-C stops everything/;

/** Runs `npm start` on free ports, hands over its terminal's text, and has all of it ended afterwards. */
async function withStart(
  work: (start: OwnedProcess, says: (pattern: RegExp) => Promise<RegExpExecArray>) => Promise<void>,
): Promise<void> {
  const start = await OwnedProcess.start({
    command: process.execPath,
    args: ['scripts/run.mjs', 'start', '--demo', '--no-install'],
    cwd: ROOT,
    env: {
      ...inheritedEnv(),
      INGEST_PORT: '0',
      INGEST_ADMIN_PORT: '0',
      WORKER_ADMIN_PORT: '0',
      CONSOLE_PORT: '0',
      CONSOLE_ADMIN_PORT: '0',
    },
  });
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    waitFor(() => pattern.exec(start.logs().join('\n')), {
      what: `npm start to say ${pattern.source}`,
      timeoutMs: DEADLINE_MS,
    });
  try {
    await work(start, says);
  } finally {
    await start.stop(DEADLINE_MS);
  }
}

/** The process that a part has after this many restarts. */
async function pidOf(part: string, restarts: number, says: (pattern: RegExp) => Promise<RegExpExecArray>) {
  const again = `(?:${part}: started again, process (\\d+)[^]*?){${String(restarts)}}`;
  const found = await says(restarts === 0 ? new RegExp(`\\b${part} (\\d+)`) : new RegExp(again));
  return Number(found[1]);
}

/** Deaths of what `npm start` runs. */
export const processes: readonly Attack[] = [
  {
    name: 'npm start: each part is killed, and started again',
    run: () =>
      withStart(async (start, says) => {
        await says(READY);
        for (const part of ['worker', 'ingest', 'redis']) process.kill(await pidOf(part, 0, says), 'SIGKILL');
        for (const part of ['worker', 'ingest', 'redis']) assert.ok((await pidOf(part, 1, says)) > 0);
        assert.equal((await start.stop(DEADLINE_MS)).code, 0);
      }),
  },
  {
    name: 'npm start: Redis is killed five times',
    run: () =>
      withStart(async (start, says) => {
        await says(READY);
        for (let death = 0; death < 5; death++) process.kill(await pidOf('redis', death, says), 'SIGKILL');
        await says(/^redis: ended 5 times within 60 s.*Its last lines:\n {2}\S/m);
        assert.equal((await start.exited).code, 1);
      }),
  },
  {
    name: 'npm start: Ctrl-C while it starts',
    run: () =>
      withStart(async (start, says) => {
        await says(/redis: started/);
        await start.kill('SIGINT');
        assert.equal((await start.exited).code, 0);
        assert.equal(start.logs().at(-1), 'stopped');
      }),
  },
];
