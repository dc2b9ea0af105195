import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { System, inParallel } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { inboundEvent } from './support/inbound-event';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '../..');

interface Unread {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  /** How many log lines it has dropped. */
  dropped(): Promise<number>;
  /** Makes it log many lines. */
  makeLog(): Promise<unknown>;
}

let system: System;
let pipe: string;
let unreadEnd: number;
let service: Unread;
beforeEach(async () => {
  system = await System.start();
  pipe = join(await system.newFolder(), 'log');
  execFileSync('mkfifo', [pipe]);
  // Holds the pipe open for reading and never reads.
  unreadEnd = openSync(pipe, 'r+');
});
afterEach(async () => {
  service.process.kill('SIGKILL');
  await service.exited;
  closeSync(unreadEnd);
  await system.stop();
});

/** Starts a service whose log goes into the pipe that nobody reads. */
async function start(name: 'ingest' | 'worker', changes: Record<string, string> = {}): Promise<void> {
  const [port, adminPort] = [await freePort(), await freePort()].map(String) as [string, string];
  const ports = { INGEST_PORT: port, INGEST_ADMIN_PORT: adminPort, WORKER_ADMIN_PORT: adminPort };
  const env = {
    ...system.env,
    SPOOL_DIR: await system.newFolder(),
    LOG_LEVEL: 'debug',
    ...ports,
    ...changes,
  };
  const stdout = openSync(pipe, 'w');
  const child = spawn(process.execPath, [join(ROOT, 'services', name, 'dist/main.js')], {
    env,
    stdio: ['ignore', stdout, 'inherit'],
  });
  closeSync(stdout);
  const admin = `http://127.0.0.1:${adminPort}`;
  await waitFor(async () => (await fetch(`${admin}/readyz`)).status === 200, { what: `${name} to be ready` });
  const makeLog = {
    ingest: () =>
      inParallel(Array.from({ length: 2_000 }), 50, async () => {
        await system.deliverTo(`http://127.0.0.1:${port}`, twilioMessage({ Body: 'Hello' }));
      }),
    worker: async () => {
      const events = Array.from({ length: 500 }, (_, n) => inboundEvent(`+1415558${String(1_000 + n)}`));
      await enqueueInboundBatch(system.queues, events);
    },
  };
  service = {
    process: child,
    exited: once(child, 'exit'),
    dropped: async () => {
      const metrics = await (await fetch(`${admin}/metrics`)).text();
      return Number(/^optout_log_lines_dropped_total\S* (\d+)$/m.exec(metrics)?.[1]);
    },
    makeLog: makeLog[name],
  };
}

const untilDropping = async (): Promise<void> => {
  await waitFor(
    async () => {
      if ((await service.dropped()) > 0) return true;
      await service.makeLog();
      return false;
    },
    { what: 'lines to be dropped', timeoutMs: 90_000 },
  );
};

describe.each(['ingest', 'worker'] as const)('%s, when nobody reads its log', (name) => {
  it('drops lines, counts them and ends on SIGTERM in time', async () => {
    await start(name);
    await untilDropping();
    const signalledAt = performance.now();
    service.process.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    expect(performance.now() - signalledAt).toBeLessThan(25_000);
  });

  it('ends at once on a second signal', async () => {
    await start(name, { INGEST_DRAIN_SECONDS: '10' });
    await untilDropping();
    // The worker cannot release its connections now.
    await system.redis.kill('SIGSTOP');
    service.process.kill('SIGTERM');
    const signalledAt = performance.now();
    await waitFor(
      () => {
        service.process.kill('SIGTERM');
        return service.process.exitCode !== null || service.process.signalCode !== null;
      },
      { what: 'the end of the process' },
    );
    // The signal that follows may end what is left of the process.
    expect([
      [1, null],
      [null, 'SIGTERM'],
    ]).toContainEqual(await service.exited);
    expect(performance.now() - signalledAt).toBeLessThan(8_000);
    await system.redis.kill('SIGCONT');
  });

  it('says how many lines it has dropped once the log is read again', async () => {
    await start(name);
    await untilDropping();
    const lines: { readonly code?: string; readonly dropped?: number }[] = [];
    const reader = createReadStream(pipe);
    createInterface({ input: reader }).on('line', (line) => lines.push(JSON.parse(line) as object));
    const said = () =>
      lines.flatMap(({ code, dropped = 0 }) => (code === 'log_lines_dropped' ? [dropped] : []));
    await waitFor(() => said().length > 0, { what: 'the line about dropped lines' });
    await waitFor(
      async () => said().reduce((sum, dropped) => sum + dropped, 0) === (await service.dropped()),
      {
        what: 'the number of dropped lines',
      },
    );
    service.process.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    await waitFor(() => JSON.stringify(lines.at(-1)).includes('"stopped"'), { what: 'the last line' });
    reader.destroy();
  });
});
