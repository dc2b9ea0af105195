import { setTimeout as delay } from 'node:timers/promises';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Running, System } from '@optout-sync/testkit/system';
import { messageSid, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';

/** A STOP that was sent to an ingest. */
export interface Delivered {
  readonly phone: string;
  readonly messageSid: string;
  /** The status of the answer; 0 without an answer. */
  readonly status: number;
  /** Until the answer. */
  readonly ms: number;
}

const PARALLEL = 4;
const PAUSE_MS = 10;

let nextNumber = 5_560_000;

/** Adds `count` people to Customer.io, each with a number that no other test of the process has. Returns the numbers. */
export function newPeople(system: System, count: number): string[] {
  const phones = Array.from({ length: count }, () => `+1415${String(nextNumber++)}`);
  for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
  return phones;
}

/** Delivers a STOP as Twilio does. */
export async function deliverStop(system: System, ingest: Running, phone: string): Promise<Delivered> {
  const sid = messageSid();
  const startedAt = performance.now();
  const message = twilioMessage({ From: phone, MessageSid: sid, OptOutType: 'STOP' });
  const status = await system.deliver(ingest, message).then(
    (answer) => answer.status,
    () => 0,
  );
  return { phone, messageSid: sid, status, ms: performance.now() - startedAt };
}

/** Delivers STOPs again, in one batch of Event Streams. Returns the status of the answer. */
export async function redeliver(
  system: System,
  ingest: Running,
  stops: readonly Delivered[],
): Promise<number> {
  const events = stops.map((stop) =>
    streamInbound({
      messageSid: stop.messageSid,
      from: stop.phone,
      body: 'STOP',
      timestamp: new Date(Date.now() - 1_000).toISOString(),
    }),
  );
  return (await system.deliverJson(ingest, WEBHOOK_PATHS.events, events)).status;
}

/** Delivers STOPs of new people, four at a time, until it is stopped. */
export function startWorkload(system: System, ingest: () => Running) {
  const delivered: Delivered[] = [];
  let stopped = false;
  const send = async (): Promise<void> => {
    while (!stopped) {
      const [phone = ''] = newPeople(system, 1);
      delivered.push(await deliverStop(system, ingest(), phone));
      await delay(PAUSE_MS);
    }
  };
  const sending = Promise.all(Array.from({ length: PARALLEL }, send));
  return {
    delivered,
    stop: async (): Promise<void> => {
      stopped = true;
      await sending;
    },
  };
}

/** The numbers whose STOP was answered 200. */
export const accepted = (delivered: readonly Delivered[]): string[] =>
  delivered.filter(({ status }) => status === 200).map(({ phone }) => phone);

/** Every STOP changed the ledger once and is applied in Customer.io, without a dead letter and without a created person. */
export async function expectAppliedOnce(system: System, phones: readonly string[]): Promise<void> {
  await system.settled(phones, 1, 60_000);
  const entries = await Promise.all(phones.map((phone) => system.entry(phone)));
  expect(entries.filter((entry) => entry?.version !== 1 || entry.history[0]?.outcome !== 'applied')).toEqual(
    [],
  );
  expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
  expect((await system.queues.deadLetters.size()).count).toBe(0);
  expect(system.sandbox.workspace().createdPeople()).toEqual([]);
}
