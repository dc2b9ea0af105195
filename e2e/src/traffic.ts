import { setTimeout as delay } from 'node:timers/promises';
import type { Running, System } from '@optout-sync/testkit/system';
import { messageSid, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';

/** One STOP that was delivered: the status it was answered with (0: none) and after how long. */
export interface Delivered {
  readonly phone: string;
  readonly messageSid: string;
  readonly status: number;
  readonly ms: number;
}

let lastNumber = 5_560_000;

/** As many people, each with a number of their own that no other test has. */
export function newPeople(system: System, count: number): string[] {
  const phones = Array.from({ length: count }, () => `+1415${String(lastNumber++)}`);
  for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
  return phones;
}

/** Delivers one STOP as Twilio does. */
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

/** Tells of STOPs once more, as Event Streams does of what it delivers again. Gives the statuses it was answered with. */
export async function tellAgain(
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
  return (await system.deliverJson(ingest, '/webhooks/twilio/events', events)).status;
}

/** Delivers STOPs of new people one after another, several at once, until told to stop. */
export function traffic(system: System, target: () => Running) {
  const delivered: Delivered[] = [];
  let stopped = false;
  const sender = async (): Promise<void> => {
    while (!stopped) {
      const [phone = ''] = newPeople(system, 1);
      delivered.push(await deliverStop(system, target(), phone));
      await delay(10);
    }
  };
  const senders = Promise.all(Array.from({ length: 4 }, sender));
  return {
    delivered,
    stop: async (): Promise<void> => {
      stopped = true;
      await senders;
    },
  };
}

/** Whose STOP was answered with success. */
export const taken = (delivered: readonly Delivered[]): string[] =>
  delivered.filter(({ status }) => status === 200).map(({ phone }) => phone);

/** Every one of them changed the ledger once and reached Customer.io; nobody has to look at anything. */
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
