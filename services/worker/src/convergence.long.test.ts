import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { OptOut } from '@optout-sync/customerio';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import {
  E164,
  InboundEvent,
  decidingMessage,
  isOptedOut,
  type ConsentPolicy,
  type SenderConsent,
  type Subject,
} from '@optout-sync/shared/domain';
import { DestinationStore, Ledger } from '@optout-sync/shared/ledger';
import { SyncRequest } from '@optout-sync/shared/queues';
import { createLogger, createRegistry } from '@optout-sync/shared/service';
import type { Consent } from './destinations/destination';
import { DestinationRequests } from './destinations/destination-requests';
import { nativeOptOuts } from './destinations/native-opt-outs';
import { peopleDestination } from './destinations/people';
import { destinationJob } from './jobs/destination-job';
import { parseBatch } from './jobs/inbound-batch';
import { recordJob } from './jobs/record-job';
import { syncJob } from './jobs/sync-job';
import { AfterJobs } from './runner/after-jobs';
import { createTelemetry } from './telemetry';

const JOB = { id: '1', data: { payload: undefined }, isRepeated: false, attempt: 1, waitedMs: 0 };

/*
 * Checks that a message counts once, that every event has an outcome and that the latest message wins, against a reference
 * model: whatever the order, the duplicates, the crashes between any two steps and the events that arrive during a sync
 * (even one whose lock is lost, so that a second sync runs beside it), the attribute ends as the model computes it from
 * all messages.
 *
 * The ledger is the real one. Customer.io is a map that holds the newer of two writes by their timestamp, and the native list
 * one that holds the last write. A queue is a set of phones to sync, or to write to the list, at least once; a job that is
 * enqueued while one runs follows it. A phone that is in the index of the list and has no job is found in the end.
 */

jest.setTimeout(180_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const NOW = 1_772_013_598_000;
const PHONES = ['+14155550101', '+14155550102'];
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  '+14155550101': ['a1'],
  '+14155550102': ['b1', 'b2'],
};

type Step = 'lookup' | 'looked_up' | 'write' | 'written' | 'enqueue';
class Crash extends Error {}

interface Deliver {
  type: 'deliver';
  message: number;
  crash: boolean;
}
interface Sync {
  type: 'sync';
  /** Whether it is the job of the native list instead. */
  ofList: boolean;
  /** The step at which the process dies, if it does. */
  crashAt: Step | undefined;
  /** What happens while this sync is suspended at a step, as when its process is frozen. */
  meanwhile: { at: Step; ops: Op[] };
}
type Op = Deliver | Sync;

const step = fc.constantFrom<Step>('lookup', 'looked_up', 'write', 'written', 'enqueue');
const { op } = fc.letrec<{ op: Op; sync: Sync; deliver: Deliver }>((tie) => ({
  op: fc.oneof({ maxDepth: 2, withCrossShrink: true }, tie('deliver'), tie('sync')),
  deliver: fc.record({
    type: fc.constant('deliver' as const),
    message: fc.nat(7),
    crash: fc.boolean(),
  }),
  sync: fc.record({
    type: fc.constant('sync' as const),
    ofList: fc.boolean(),
    crashAt: fc.option(step, { nil: undefined, freq: 2 }),
    meanwhile: fc.record({ at: step, ops: fc.array(tie('op'), { maxLength: 3 }) }),
  }),
}));

interface Message {
  phone: string;
  kind: 'stop' | 'start' | 'help';
  at: number;
  /** For a blocked send: how much earlier than its report it is ordered. */
  orderedEarlier: number;
  sender: string;
}
const message = fc.record<Message>({
  phone: fc.constantFrom(...PHONES),
  kind: fc.constantFrom(
    'stop' as const,
    'stop' as const,
    'start' as const,
    'start' as const,
    'help' as const,
  ),
  // A few milliseconds apart, for ties and Customer.io's resolution of a second; or some seconds apart.
  at: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5_000 })),
  orderedEarlier: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000 })),
  sender: fc.constantFrom('MG1', 'MG2'),
});

const calm: Sync = { type: 'sync', ofList: false, crashAt: undefined, meanwhile: { at: 'enqueue', ops: [] } };
const deliver = (index: number): Deliver => ({ type: 'deliver', message: index, crash: false });

const example = (
  sent: readonly Pick<Message, 'kind' | 'at' | 'sender'>[],
  ops: Op[],
  policy: ConsentPolicy,
): [Message[], Op[], ConsentPolicy] => {
  const unsent = { kind: 'stop', at: 0, sender: 'MG1' } as const;
  const messages = Array.from({ length: 8 }, (_, n) => sent[n] ?? unsent);
  return [messages.map((one) => ({ ...one, phone: '+14155550101', orderedEarlier: 0 })), ops, policy];
};

/** A sync of the STOP is suspended before its write until the START of the same second has been synced beside it. */
const lateWriteOfAnOlderState = example(
  [
    { kind: 'stop', at: 0, sender: 'MG1' },
    { kind: 'start', at: 1, sender: 'MG1' },
  ],
  [deliver(0), { ...calm, meanwhile: { at: 'write', ops: [deliver(1), calm] } }],
  'any',
);

/** A START between an applied STOP and its repetition, by the time it was sent, arrives after both. */
const startBeforeTheRepetition = example(
  [
    { kind: 'stop', at: 0, sender: 'MG1' },
    { kind: 'stop', at: 4_000, sender: 'MG1' },
    { kind: 'start', at: 2_000, sender: 'MG1' },
  ],
  [deliver(0), calm, deliver(1), deliver(2)],
  'any',
);

/** The repetition of an applied STOP comes after a START to another sender. */
const repetitionAfterAnotherSender = example(
  [
    { kind: 'stop', at: 0, sender: 'MG1' },
    { kind: 'stop', at: 1_000, sender: 'MG1' },
    { kind: 'start', at: 2_000, sender: 'MG2' },
    { kind: 'stop', at: 3_000, sender: 'MG1' },
  ],
  [deliver(0), calm, deliver(1), deliver(2), calm, deliver(3)],
  'last',
);

function world(policy: ConsentPolicy) {
  const prefix = `test-${randomUUID()}`;
  const ledger = new Ledger(redis, { prefix });
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const unapplied = { add: nothing, addAll: nothing, touch: nothing, remove: nothing };
  const telemetry = createTelemetry(
    createRegistry('test'),
    createLogger({ service: 'test', level: 'silent' }),
    { workspaces: [], workspaceOf: () => undefined },
    Date.now,
  );
  const attributes = new Map<string, { value: boolean; timestamp: number }>();
  const listed = new Map<string, boolean>();
  /** Phones of a sync that was suspended, wrote late and died before it could detect that: the list's known hole. */
  const diedLate = new Set<string>();
  const toSync = new Set<string>();
  /** Phones with a job of the native list. */
  const toList = new Set<string>();
  /** The index of the native list. */
  const waiting = new Set<string>();
  /** Phones of opt-outs that confirm an applied one. */
  const confirmed = new Set<string>();
  const steps: ((step: Step) => Promise<void>)[] = [];
  const at = async (name: Step): Promise<void> => steps.at(-1)?.(name);

  /** A queue that stores which phones have a job. The script that adds jobs gets the requests as JSON. */
  const queueOf = (phones: Set<string>) => () => {
    const runCommand = async (_: string, args: readonly unknown[]): Promise<void> => {
      await at('enqueue');
      const requests = args.filter((arg) => typeof arg === 'string' && arg.startsWith('{"version"'));
      for (const request of requests) phones.add(SyncRequest.parse(JSON.parse(String(request))).phone);
    };
    return { keys: {}, toKey: String, getBackend: () => ({ client: Promise.resolve({ runCommand }) }) };
  };
  const queues = {
    syncOf: queueOf(toSync),
    destinationOf: queueOf(toList),
  } as unknown as JobStores;
  const index = {
    add: ({ phone }: Subject) => Promise.resolve(void waiting.add(phone)),
    remove: ({ phone }: Subject) => Promise.resolve(void waiting.delete(phone)),
    list: () => Promise.resolve([]),
  };
  const indexes = { native: index, campaign: index, events: index, twilio_consents: index };
  const store = new DestinationStore(redis, { prefix });
  const customerIo = {
    findPeople: async (phone: E164) => {
      await at('lookup');
      const people = [...(PEOPLE[phone] ?? [])];
      await at('looked_up');
      return people;
    },
    // Like an attribute: the newer of two writes wins, by its timestamp.
    write: async (cioId: string, { optedOut, entry: { timestamp } }: Consent) => {
      await at('write');
      const present = attributes.get(cioId);
      if (!present || timestamp >= present.timestamp) attributes.set(cioId, { value: optedOut, timestamp });
      await at('written');
    },
    // The last write wins.
    setOptOuts: async (cioId: string, optOuts: readonly OptOut[]) => {
      await at('write');
      for (const { from, optout } of optOuts) listed.set(`${cioId} ${from}`, optout);
      await at('written');
    },
  };
  const record = recordJob({
    ledger,
    unapplied,
    reviews: { add: () => Promise.resolve(true) },
    queues,
    telemetry,
    workspaceOf: () => 'default',
    numbersOf: () => [],
    repeatedOptOuts: {
      confirm: ({ phone }) => {
        confirmed.add(phone);
        return Promise.resolve();
      },
    },
  });
  const workspaces = new Map([
    [
      'default',
      {
        policy,
        defaultCountry: undefined,
        main: peopleDestination(customerIo.findPeople, [customerIo.write]),
        optional: { native: nativeOptOuts(customerIo) },
      },
    ],
  ]);
  const list = destinationJob(
    { ledger, destinationStore: store, destinationIndexes: indexes, queues, telemetry, workspaces },
    'native',
  );
  const sync = syncJob({
    ledger,
    lagMs: 60_000,
    now: Date.now,
    marks: { read: nothing, clear: nothing },
    looks: { schedule: nothing, scheduleOne: nothing },
    findings: { peopleOf: () => Promise.resolve([]), replace: nothing },
    newcomers: { list: () => Promise.resolve([]) },
    afterJobs: new AfterJobs(),
    unapplied,
    queues,
    telemetry,
    destinationRequests: new DestinationRequests({ queues, indexes, store, now: Date.now }),
    workspaces,
  });

  /** Runs one job and calls `onStep` at each of its steps. Resolves with whether it finished without a crash. */
  async function survives(
    job: () => Promise<unknown>,
    onStep: (step: Step) => Promise<void>,
  ): Promise<boolean> {
    steps.push(onStep);
    try {
      await job();
      return true;
    } catch (error) {
      if (error instanceof Crash || (error as Error).cause instanceof Crash) return false;
      throw error;
    } finally {
      steps.splice(steps.indexOf(onStep), 1);
    }
  }

  async function deliver(event: InboundEvent, crash: boolean): Promise<void> {
    const done = await survives(
      () => record.run(parseBatch({ payload: event }), 'live', JOB),
      () => (crash ? Promise.reject(new Crash()) : Promise.resolve()),
    );
    if (!done) await deliver(event, false);
  }

  async function runSync(
    phone: string,
    { ofList, crashAt, meanwhile }: Sync,
    run: (ops: Op[]) => Promise<void>,
  ) {
    const [phones, job] = ofList ? [toList, list] : [toSync, sync];
    phones.delete(phone);
    const request = SyncRequest.parse({ version: 1, workspace: 'default', channel: 'sms', phone });
    const suspended = { done: false };
    const done = await survives(
      () => job.run(request, 'live', JOB),
      async (name) => {
        if (name === meanwhile.at && !suspended.done) {
          suspended.done = true;
          await run(meanwhile.ops);
        }
        if (name === crashAt) throw new Crash();
      },
    );
    if (!done) phones.add(phone);
    if (!done && suspended.done && meanwhile.ops.some(({ type }) => type === 'sync')) diedLate.add(phone);
  }

  return { ledger, attributes, listed, diedLate, toSync, toList, waiting, confirmed, deliver, runSync };
}

describe('record and sync', () => {
  it('end as the reference model computes, through crashes, duplicates, reordering and two syncs at once', async () => {
    let crashes = 0;
    let confirmations = 0;
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 8, maxLength: 8 }),
        fc.array(op, { minLength: 1, maxLength: 14 }),
        fc.constantFrom<ConsentPolicy>('any', 'last'),
        async (messages, ops, policy) => {
          const {
            ledger,
            attributes,
            listed,
            diedLate,
            toSync,
            toList,
            waiting,
            confirmed,
            deliver,
            runSync,
          } = world(policy);
          const delivered = new Map<string, InboundEvent>();

          async function run(list: readonly Op[]): Promise<void> {
            for (const op of list) {
              if (op.type === 'deliver') {
                const { phone, kind, at, orderedEarlier, sender } = messages[op.message] as Message;
                const isBlocked = kind === 'stop' && orderedEarlier > 0;
                const event = InboundEvent.parse({
                  version: 1,
                  messageSid: `SM${op.message.toString(16).padStart(32, '0')}`,
                  accountSid: 'AC1',
                  kind,
                  channel: 'sms',
                  phone,
                  sender,
                  source: isBlocked ? 'status_callback' : 'webhook',
                  occurredAt: NOW + at,
                  ...(isBlocked && { orderAt: NOW + at - orderedEarlier }),
                  receivedAt: NOW + at,
                });
                delivered.set(event.messageSid, event);
                await deliver(event, op.crash);
              } else {
                const [phone] = op.ofList ? toList : toSync;
                if (op.crashAt) crashes += 1;
                if (phone !== undefined) await runSync(phone, op, run);
              }
            }
          }
          await run(ops);
          for (const phone of toSync) await runSync(phone, calm, run);
          lost += [...waiting].filter((phone) => !toList.has(phone)).length;
          for (const phone of new Set([...toList, ...waiting])) {
            await runSync(phone, { ...calm, ofList: true }, run);
          }
          expect([...toSync, ...toList, ...waiting]).toEqual([]);
          confirmations += confirmed.size;

          for (const phone of PHONES) {
            const messagesSent = [...delivered.values()].filter((event) => event.phone === phone);
            const toSender = new Map<string, SenderConsent[]>();
            for (const {
              kind,
              occurredAt,
              orderAt = occurredAt,
              source,
              messageSid,
              sender,
            } of messagesSent) {
              if (kind === 'help') continue;
              const next = {
                state: kind === 'stop' ? 'stopped' : 'started',
                orderAt,
                occurredAt,
                source,
                messageSid,
              } as const;
              toSender.set(sender, [...(toSender.get(sender) ?? []), next]);
            }
            const senders = [...toSender].flatMap(([sender, all]) => {
              const deciding = decidingMessage(all);
              return deciding ? [[sender, deciding] as const] : [];
            });
            const expected = isOptedOut(
              senders.map(([, deciding]) => deciding),
              policy,
            );
            for (const person of PEOPLE[phone] ?? []) {
              expect(attributes.get(person)?.value).toBe(expected);
              for (const [sender, { state }] of diedLate.has(phone) ? [] : senders) {
                expect([sender, listed.get(`${person} ${sender}`)]).toEqual([sender, state === 'stopped']);
              }
            }
            const entry = await ledger.read({
              workspace: 'default',
              channel: 'sms',
              phone: E164.parse(phone),
            });
            expect(entry?.history.length ?? 0).toBe(messagesSent.length);
            expect(entry?.history.filter(({ outcome }) => outcome === 'pending') ?? []).toEqual([]);
          }
        },
      ),
      {
        numRuns: 400,
        examples: [lateWriteOfAnOlderState, startBeforeTheRepetition, repetitionAfterAnotherSender],
      },
    );
    expect(crashes).toBeGreaterThan(100);
    expect(confirmations).toBeGreaterThan(2);
    expect(lost).toBeGreaterThan(2);
  }, 60_000);
});
