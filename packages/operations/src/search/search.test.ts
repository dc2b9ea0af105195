import { randomBytes, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openJobStores, unprocessableDeadLetter, AMBIGUOUS } from '@optout-sync/shared/dead-letters';
import { InboundEvent, MessageSid, type Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { ReviewEntry, ReviewList } from '@optout-sync/shared/review';
import { findByMessage } from './find-by-message';
import { findSubjects } from './find-subjects';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const prefix = `test-${randomUUID()}`;
const stores = {
  queues: openJobStores(redis, prefix),
  ledger: new Ledger(redis, { prefix, historyCap: 3 }),
  reviewList: new ReviewList(redis, prefix),
};
afterAll(async () => {
  await closeQueues(stores.queues);
  redis.disconnect();
});

const PHONE = InboundEvent.shape.phone.parse('+14155550123');
const subject: Subject = { workspace: 'default', channel: 'sms', phone: PHONE };
const freshSid = () => MessageSid.parse(`SM${randomBytes(16).toString('hex')}`);

async function record(of: Subject, at: number, kind: 'stop' | 'start' = 'stop'): Promise<MessageSid> {
  const messageSid = freshSid();
  const event = InboundEvent.parse({
    version: 1,
    messageSid,
    accountSid: `AC${'1'.repeat(32)}`,
    kind,
    channel: of.channel,
    phone: of.phone,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: at,
    receivedAt: at,
  });
  await stores.ledger.record(of, event);
  return messageSid;
}

describe('findSubjects', () => {
  it('finds a phone in every workspace and channel, and names what is missing', async () => {
    const whatsapp = { ...subject, channel: 'whatsapp' } as const;
    await record(subject, 1_000);
    await record(whatsapp, 1_000);
    const { found, missing } = await findSubjects(stores, { phones: [PHONE], channel: undefined }, [
      'default',
      'shop',
    ]);
    expect(found).toEqual([subject, whatsapp]);
    expect(missing).toEqual([{ ...subject, workspace: 'shop' }]);
    const only = await findSubjects(stores, { phones: [PHONE], channel: 'whatsapp' }, ['default']);
    expect(only).toEqual({ found: [whatsapp], missing: [] });
  });
});

describe('findByMessage', () => {
  it('finds the person of a message in the ledger, also of one that is in its history', async () => {
    const sids = [];
    for (let n = 0; n < 30; n++) sids.push(await record(subject, 10_000 + n, n % 2 ? 'start' : 'stop'));
    const stored = await stores.ledger.readWhole(subject);
    const kept = sids.filter((sid) => stored?.history.some(({ messageSid }) => messageSid === sid));
    expect(kept.length).toBeGreaterThan(2);
    for (const sid of kept) {
      const found = await findByMessage(stores, sid);
      expect(found.kind === 'person' && { ...found.subject }).toEqual(subject);
    }
  });

  it('finds it on the review list and in the dead letters', async () => {
    const [reviewed, raw] = [freshSid(), freshSid()];
    await stores.reviewList.add(
      ReviewEntry.parse({ ...subject, sender: 'MG1', messageSid: reviewed, receivedAt: 1 }),
    );
    expect(await findByMessage(stores, reviewed)).toEqual({ kind: 'person', subject });
    const params = { From: PHONE, To: '+15005550006', MessageSid: raw };
    const data = { route: 'messages', params, signed: 'x' } as const;
    const id = await stores.queues.deadLetters.put(unprocessableDeadLetter(AMBIGUOUS, data, 1));
    expect(await findByMessage(stores, raw)).toEqual({ kind: 'dead_letter', id });
  });

  it('says how far it looked for one that nobody has, and refuses a cursor that is none', async () => {
    const found = await findByMessage(stores, freshSid());
    expect(found).toMatchObject({ kind: 'none', next: undefined });
    expect(found.kind === 'none' && found.examined).toBeGreaterThan(0);
    await expect(findByMessage(stores, freshSid(), 'x')).rejects.toMatchObject({ code: 'cursor_invalid' });
  });
});
