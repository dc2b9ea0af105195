import { setTimeout as delay } from 'node:timers/promises';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { WEBHOOK_TOKEN, type Running, type System } from '@optout-sync/testkit/system';
import { blockedCallback, streamFailed, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';
import { newPeople } from '../support/stop-workload';

type Send = (system: System, ingest: Running, phone: string) => Promise<unknown>;

const message =
  (params: Record<string, string>): Send =>
  (system, ingest, From) =>
    system.deliver(ingest, twilioMessage({ From, ...params }));
const stop = message({ OptOutType: 'STOP' });
const events =
  (...of: ((phone: string) => unknown)[]): Send =>
  (system, ingest, phone) =>
    system.deliverJson(
      ingest,
      WEBHOOK_PATHS.events,
      of.map((event) => event(phone)),
    );

const repeated: Send = async (system, ingest, From) => {
  const params = twilioMessage({ From, OptOutType: 'STOP' });
  await system.deliver(ingest, params);
  await system.deliver(ingest, params);
};
const nobody: Send = (system, ingest) =>
  stop(system, ingest, `+1628555${String(Math.floor(Math.random() * 10_000)).padStart(4, '0')}`);
const status = (ErrorCode: string): Send => {
  return (system, ingest, To) =>
    system.deliver(ingest, blockedCallback({ To, ErrorCode }), { path: WEBHOOK_PATHS.status });
};
const people: Send = (_, ingest, phone) =>
  fetch(`http://127.0.0.1:${String(ingest.port)}${WEBHOOK_PATHS.people}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WEBHOOK_TOKEN}` },
    body: JSON.stringify({ phone }),
  });

const now = (): string => new Date().toISOString();

/** What arrives, one after the other, again and again: mostly opt-outs. */
const MIX: readonly Send[] = [
  ...[stop, stop, stop, message({ OptOutType: 'START' }), message({ OptOutType: 'HELP' }), stop],
  ...[message({ Body: 'See you at eight' }), stop, nobody, stop, repeated, people],
  ...[
    events((from) => streamInbound({ from, body: 'STOP', timestamp: now() })),
    events(
      (to) => streamFailed({ to, timestamp: now() }),
      (to) => streamFailed({ to, timestamp: now(), errorCode: 30006 }, 'undelivered'),
    ),
  ],
  ...[status('21610'), stop, status('30007')],
];

/** Sends webhooks of every kind, a new one each `everyMs`, until it is stopped. */
export function startTraffic(system: System, ingest: Running, everyMs: number): { stop(): Promise<void> } {
  const end = new AbortController();
  const sending = (async () => {
    for (let n = 0; !end.signal.aborted; n++) {
      const [phone = ''] = newPeople(system, 1);
      // A webhook that is not answered is a part of the incident.
      void MIX[n % MIX.length]?.(system, ingest, phone).catch(() => undefined);
      await delay(everyMs);
    }
  })();
  return {
    async stop() {
      end.abort();
      await sending;
    },
  };
}
