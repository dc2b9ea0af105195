import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { AUTH_TOKEN, System, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  twilioMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { COPY_METHODS, loseRedis } from './support/redis-copy';
import { newPeople } from './support/stop-workload';

jest.setTimeout(300_000);

const ANN = ['--yes', '--by', 'Ann', '--why', 'Redis was lost'];

let system: System;
let twilio: TwilioApi;
let ingest: Running;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-backup-'));
  twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
  const env = { TWILIO_API_URL: twilio.url, RECONCILE_PERIOD: 'off' };
  system = await System.start({ redisFolder: join(folder, 'redis'), env });
  ingest = await system.startIngest();
});
afterEach(async () => {
  await system.stop();
  await twilio.stop();
  await rm(folder, { recursive: true });
});

/** Texts us: the message is in Twilio's log, and its webhook is delivered. */
async function texts(phones: readonly string[], body: 'STOP' | 'START'): Promise<void> {
  for (const From of phones) {
    const logged = loggedInbound(new Date(), { from: From, body });
    twilio.log(logged);
    const message = twilioMessage({
      From,
      Body: body,
      MessageSid: String(logged.sid),
      OptOutType: undefined,
    });
    expect((await system.deliver(ingest, message)).status).toBe(200);
  }
}
/** Twilio's log has whole seconds: what follows is sent in a later one. */
async function nextSecond(): Promise<void> {
  const now = Math.floor(Date.now() / 1_000);
  await waitFor(() => Promise.resolve(Math.floor(Date.now() / 1_000) > now), { what: 'the next second' });
}
const valuesOf = (phones: readonly string[]): unknown[] => phones.flatMap((phone) => system.attribute(phone));
const all = (phones: readonly string[], value: unknown): unknown[] => phones.map(() => value);
/** A signed message that no version understands: a dead letter. */
const sendNonsense = (phone: string, sid: string) =>
  system.deliver(ingest, twilioMessage({ From: phone, MessageSid: sid, SmsSid: sid }));
const deadLetters = async (): Promise<string> => (await system.cli(['dlq', 'list'])).out;
async function override(action: 'add' | 'remove', phone: string): Promise<void> {
  const sender = ['--sender', TWILIO_MESSAGING_SERVICE_SID];
  expect((await system.cli(['optouts', action, phone, ...sender, ...ANN])).code).toBe(0);
}

/** Has the workers compare everybody with Customer.io, until nobody differs: what was just written may not show yet. */
async function agreed(): Promise<void> {
  const compared = async (): Promise<true> => {
    const { code, out, error } = await system.cli(['optouts', 'verify', '--all', '--fix', ...ANN]);
    if (code !== 0) throw new Error(`${out}\n${error}`);
    return true;
  };
  await waitFor(compared, { what: 'Customer.io to agree', timeoutMs: 150_000, everyMs: 5_000 });
}

describe.each(COPY_METHODS)('Redis, lost with its disk and restored from a copy of %s', (_, method) => {
  it('has every profile right again after a backfill and a sweep', async () => {
    const data = join(folder, 'redis');
    const [stopped, restarted, waiting, later, blocked, unseen, outage] = Array.from({ length: 7 }, () =>
      newPeople(system, 5),
    ) as [string[], string[], string[], string[], string[], string[], string[]];
    const [byHand = '', backByHand = '', nonsense = ''] = newPeople(system, 3);

    // Before the copy. Some jobs wait in it.
    let worker = await system.startWorker();
    await texts([...stopped, ...restarted, backByHand], 'STOP');
    await system.settled([...stopped, ...restarted, backByHand]);
    await sendNonsense(nonsense, 'SM-before');
    await waitFor(async () => (await deadLetters()).includes('message_not_understood'), {
      what: 'a dead letter',
    });
    await worker.stop();
    await texts(waiting, 'STOP');
    await method.make(system.redis, data, join(folder, 'copy'));

    // What happens between the copy and the loss.
    await nextSecond();
    worker = await system.startWorker();
    await texts(restarted, 'START');
    await texts(later, 'STOP');
    for (const phone of blocked) twilio.log(loggedBlocked(new Date(), { to: phone }));
    for (const phone of unseen) twilio.log(loggedInbound(new Date(), { from: phone, body: 'STOP' }));
    await system.settled([...waiting, ...later]);
    await system.settled(restarted, 2);
    await override('add', byHand);
    await override('remove', backByHand);
    await system.settled([byHand]);
    await waitFor(() => Promise.resolve(system.attribute(backByHand)[0] === false), { what: 'the override' });
    expect((await system.cli(['dlq', 'discard', '--all', ...ANN])).code).toBe(0);
    await sendNonsense(nonsense, 'SM-after');
    await waitFor(async () => (await deadLetters()).includes('message_not_understood'), {
      what: 'a dead letter',
    });

    // The loss: workers stop, ingest spools.
    await worker.stop();
    await loseRedis(system.redis, data);
    await texts(outage, 'STOP');
    expect(await system.metric('optout_spool_items')).toBe(outage.length);

    // Restored: first what is missing, then the workers, then the comparison with Customer.io.
    await method.restore(system.redis, data, join(folder, 'copy'));
    await waitFor(async () => (await system.metric('optout_spool_items')) === 0, {
      what: 'the spool to be empty',
    });
    const { code, out } = await system.cli(['backfill', '--since', '2h', ...ANN, '--json']);
    expect(code).toBe(0);
    expect(out).toContain('"enqueued"');
    await system.startWorker();
    await system.settled([...waiting, ...later, ...blocked, ...unseen, ...outage]);
    await system.settled(restarted, 2);
    await agreed();

    expect(valuesOf([...stopped, ...waiting, ...later])).toEqual(
      all([...stopped, ...waiting, ...later], true),
    );
    expect(valuesOf([...blocked, ...unseen, ...outage])).toEqual(
      all([...blocked, ...unseen, ...outage], true),
    );
    expect(valuesOf(restarted)).toEqual(all(restarted, false));
    expect((await system.cli(['optouts', 'verify', '--all', '--by', 'Ann'])).code).toBe(0);
    const again = await system.cli(['backfill', '--since', '2h', '--json']);
    expect(again.out).toMatch(/"missing": 0\b/);
    expect(system.sandbox.workspace().createdPeople()).toEqual([]);

    // What could not be known: decisions by hand, and what happened to dead letters. All of it errs towards opted out.
    expect(valuesOf([byHand])).toEqual([true]);
    expect(await system.entry(byHand)).toBeUndefined();
    expect(valuesOf([backByHand])).toEqual([true]);
    const letters = (await system.cli(['dlq', 'list', '--json'])).out;
    expect(letters).toContain('SM-before');
    expect(letters).not.toContain('SM-after');
    const trail = (await system.cli(['audit', '--json'])).out;
    expect(trail).toContain('"backfill"');
    expect(trail).not.toContain('"override"');
    expect(trail).not.toContain('"discarded"');

    // Customer.io holds the opt-out by hand.
    const fromCustomerIo = ['consent', 'push', '--from-customerio', '--sender', TWILIO_MESSAGING_SERVICE_SID];
    expect((await system.cli([...fromCustomerIo, ...ANN])).code).toBe(0);
    await system.settled([byHand]);
    expect((await system.entry(byHand))?.senders.get(TWILIO_MESSAGING_SERVICE_SID)?.state).toBe('stopped');
  });
});
