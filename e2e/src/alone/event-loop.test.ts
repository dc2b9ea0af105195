import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { System, type Running } from '@optout-sync/testkit/system';
import { streamInbound } from '@optout-sync/twilio-simulator';

jest.setTimeout(300_000);

const LONGEST_BLOCK_MS = 50;
/** A collection of garbage may show as a block too. */
const ROUNDS = 8;

/**
 * A timer in the process: on a signal it prints for how long the event loop was kept at most since the last signal. Where the
 * system tells it, that is the time on a processor, without the time in which the machine did something else.
 */
const TIMER = `
  const { readFileSync } = require('node:fs');
  const now = () => {
    try {
      return Number(readFileSync('/proc/self/task/' + process.pid + '/schedstat', 'latin1').split(' ')[0]) / 1e6;
    } catch {
      return performance.now();
    }
  };
  let [last, longest] = [now(), 0];
  setInterval(() => {
    const at = now();
    longest = Math.max(longest, at - last);
    last = at;
  }, 1).unref();
  process.on('SIGWINCH', () => {
    process.stderr.write('kept ' + longest + '\\n');
    longest = 0;
  });
`;

const dir = mkdtempSync(join(tmpdir(), 'event-loop-'));
const preload = join(dir, 'timer.cjs');
writeFileSync(preload, TIMER);

let system: System;
let ingest: Running;
let worker: Running;
beforeAll(async () => {
  system = await System.start();
  const env = { NODE_OPTIONS: `--require=${preload}` };
  ingest = await system.startIngest(env);
  worker = await system.startWorker(env);
});
afterAll(async () => {
  await system.stop();
  rmSync(dir, { recursive: true });
});

const printed = (service: Running): number[] =>
  service.logs().flatMap((line) => (line.startsWith('kept ') ? [Number(line.slice(5))] : []));

/** For how long the event loop of a service was kept since the last call. */
async function longestBlock(service: Running): Promise<number> {
  const before = printed(service).length;
  await service.kill('SIGWINCH');
  await waitFor(() => printed(service).length > before, { what: 'the timer of the process' });
  return printed(service).at(-1) ?? Infinity;
}

/** The shortest of the longest blocks of several rounds. */
async function leastBlock(services: readonly Running[], round: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < ROUNDS && least >= LONGEST_BLOCK_MS; n++) {
    for (const service of services) await longestBlock(service);
    await round();
    const blocks = [];
    for (const service of services) blocks.push(await longestBlock(service));
    least = Math.min(least, Math.max(...blocks));
  }
  return least;
}

/** Events of Twilio's shape, of 4 kB each. */
const events = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    streamInbound({
      from: `+1415557${String(1_000 + (n % 50))}`,
      body: n % 20 ? 'また明日'.repeat(290) : 'STOP',
    }),
  );

async function sendAtOnce(batches: readonly unknown[]): Promise<void> {
  const answers = await Promise.all(
    batches.map((batch) => system.deliverJson(ingest, WEBHOOK_PATHS.events, batch)),
  );
  expect(answers.map(({ status }) => status)).toEqual(batches.map(() => 200));
}

it('batches of 4 MB at once keep the event loop of ingest no longer than 50 ms', async () => {
  const block = await leastBlock([ingest], () => sendAtOnce([1, 2, 3].map(() => events(1_000))));
  expect(block).toBeLessThan(LONGEST_BLOCK_MS);
});

it('batches of 15 MB keep the event loop of ingest and worker no longer than 50 ms', async () => {
  const block = await leastBlock([ingest, worker], async () => {
    await sendAtOnce([1, 2].map(() => events(4_000)));
    await waitFor(async () => (await system.queues.batches.getJobCountByTypes('waiting', 'active')) === 0, {
      what: 'the batches to be parsed',
      timeoutMs: 60_000,
    });
  });
  expect(block).toBeLessThan(LONGEST_BLOCK_MS);
});
