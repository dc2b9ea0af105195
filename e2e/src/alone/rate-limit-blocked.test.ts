import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { System } from '@optout-sync/testkit/system';
import { inboundEvent } from '../support/inbound-event';
import { mostInASecond } from '../support/most-in-a-second';

jest.setTimeout(120_000);

const APP_RPS = 8;
const PHONES = 120;
/** Blocks a process for 300 ms half of the time, at random. */
const BLOCK = `
  const block = () => {
    const until = performance.now() + 300;
    while (performance.now() < until);
    setTimeout(block, Math.random() * 600).unref();
  };
  setTimeout(block, 1000).unref();
`;

test('three workers whose processes are blocked at random keep to the rate limit on the wire', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'blocked-'));
  const preload = join(dir, 'block.cjs');
  writeFileSync(preload, BLOCK);
  const system = await System.start({
    sandbox: { appRps: 0, trackRps: 0, latencyMs: 20 },
    env: { CUSTOMERIO_APP_RPS: String(APP_RPS), LOOKUP_BATCH: '1' },
  });
  try {
    const blocked = { NODE_OPTIONS: `--require=${preload}` };
    await Promise.all([1, 2, 3].map(() => system.startWorker(blocked)));
    const startedAt = system.sandbox.requests().at(-1)!.at;
    const phones = Array.from({ length: PHONES }, (_, n) => `+1415571${String(1_000 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    await enqueueInboundBatch(
      system.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await waitFor(() => phones.every((phone) => system.attribute(phone)[0] === true), {
      what: 'all of them to be applied',
      timeoutMs: 90_000,
    });
    const searches = system.sandbox.requests({ api: 'app', since: startedAt + 1 }).map(({ at }) => at);
    expect(mostInASecond(searches)).toBeLessThanOrEqual(APP_RPS + 1);
    // Not at the price of the throughput.
    expect(mostInASecond(searches)).toBeGreaterThan(APP_RPS / 2);
  } finally {
    await system.stop();
    rmSync(dir, { recursive: true });
  }
});
