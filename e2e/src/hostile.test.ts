import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { ATTACKS } from './hostile/attacks/attacks';
import { ENDLESS, pipelined } from './hostile/attacks/connections';
import { LARGE_BYTES, MARK } from './hostile/attacks/requests';
import { exchange } from './hostile/exchange';

jest.setTimeout(180_000);

let system: System;
let ingest: Running;
let live: ReturnType<typeof startLiveTraffic>;

/** Sends signed STOPs, each from another phone, about 40 a second. */
function startLiveTraffic() {
  const answers: { status: number; ms: number }[] = [];
  const state = { stopped: false };
  const sending = (async () => {
    for (let n = 0; !state.stopped; n++) {
      const startedAt = performance.now();
      const stop = twilioMessage({ From: `+1415${String(5_700_000 + n)}`, OptOutType: 'STOP' });
      const { status } = await system.deliver(ingest, stop).catch(() => ({ status: 0 }));
      answers.push({ status, ms: performance.now() - startedAt });
      await delay(20);
    }
  })();
  return {
    answers,
    async stop(): Promise<void> {
      state.stopped = true;
      await sending;
    },
  };
}

/** Sends an attack and returns the answers. The connection of a large request stays open. */
const attack = (bytes: string | Buffer): ReturnType<typeof exchange> =>
  exchange(ingest.port, bytes, bytes.length > LARGE_BYTES ? { answers: 1 } : {});

const residentMegabytes = async (): Promise<number> =>
  (await system.metric('process_resident_memory_bytes')) / 1024 ** 2;

beforeAll(async () => {
  system = await System.start();
  ingest = await system.startIngest({ LOG_LEVEL: 'debug' });
  live = startLiveTraffic();
});
afterAll(async () => {
  await live.stop();
  await system.stop();
});

describe('hostile requests without a valid signature', () => {
  it.each(ATTACKS)('%s is answered as listed', async (_name, bytes, ends) => {
    const { statuses, codes } = await attack(bytes);
    if (ends === 'unanswered') expect(statuses).toEqual([]);
    else expect([statuses.at(-1), codes.at(-1)]).toEqual([ends[0], ends[1]]);
    expect(statuses.length).toBeLessThanOrEqual(1);
  });

  it('pipelined requests are rejected one by one', async () => {
    const { statuses, codes } = await exchange(ingest.port, pipelined(50), { answers: 50 });
    expect(statuses).toEqual(Array.from({ length: 50 }, () => 403));
    expect(new Set(codes)).toEqual(new Set(['bad_signature']));
  });

  it('connections that drip an endless request are closed, 300 of each kind', async () => {
    const sockets = new Map<Socket, string>();
    const dripping = setInterval(() => {
      for (const [socket, drip] of sockets) if (socket.writable) socket.write(drip);
    }, 500);
    const answerTo = (start: string, drip: string): Promise<string> => {
      const socket = connect(ingest.port, '127.0.0.1', () => {
        socket.write(start);
        sockets.set(socket, drip);
      });
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('error', () => undefined);
      return new Promise((resolve) => socket.on('close', () => resolve(received)));
    };
    try {
      const startedAt = performance.now();
      await Promise.all(
        ENDLESS.map(async ([start, drip, status, contains]) => {
          const answers = await Promise.all(Array.from({ length: 300 }, () => answerTo(start, drip)));
          expect(new Set(answers.map((answer) => answer.split(' ')[1]))).toEqual(new Set([String(status)]));
          expect(answers[0]).toContain(contains);
          expect(answers[0]?.match(/^HTTP/gm)).toHaveLength(1);
        }),
      );
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    } finally {
      clearInterval(dripping);
      for (const socket of sockets.keys()) socket.destroy();
    }
  });

  it('leave no memory behind', async () => {
    const all = async (): Promise<void> => {
      for (const [, bytes] of ATTACKS) await attack(bytes);
    };
    for (let round = 0; round < 3; round++) await all();
    const growths: number[] = [];
    // What leaks does so each time; what waits to be collected does not.
    while (growths.length < 3 && Math.min(...growths) >= 40) {
      const before = await residentMegabytes();
      expect(before).toBeGreaterThan(0);
      for (let round = 0; round < 10; round++) await all();
      growths.push((await residentMegabytes()) - before);
    }
    expect(Math.min(...growths)).toBeLessThan(40);
  });

  it('delay no signed request, enqueue nothing and leave nothing in the logs', async () => {
    await live.stop();
    expect(live.answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(live.answers.length).toBeGreaterThan(200);
    expect(Math.max(...live.answers.map(({ ms }) => ms))).toBeLessThan(3_000);
    expect(await system.queues.inbound.count()).toBe(live.answers.length);
    expect((await system.queues.deadLetters.count()).count).toBe(0);
    expect(await system.metric('optout_webhooks_total', 'outcome="accepted"')).toBe(live.answers.length);
    expect(await system.metric('optout_webhooks_total', 'outcome="internal_error"')).toBe(0);

    await waitFor(() => system.logLines.some((line) => line.includes('webhook refused')), {
      what: 'the log',
    });
    // Random ids may hold the digits of a phone.
    const log = system.logLines.join('\n').replaceAll(/\b[A-Z]{2}[0-9a-f]{32}\b/g, '');
    for (const secret of [MARK, '4155550666', '1415570', 'set-cookie', 'x'.repeat(300)]) {
      expect(log).not.toContain(secret);
    }
    for (const line of system.logLines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(ingest.ended).toBeUndefined();
  });
});
