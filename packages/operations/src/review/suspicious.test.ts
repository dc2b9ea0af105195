import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import {
  AMBIGUOUS,
  SIDS_DIFFER,
  ingestDeadLetter,
  openJobStores,
  unprocessableDeadLetter,
} from '@optout-sync/shared/dead-letters';
import type { Routes } from '@optout-sync/shared/config';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { AuditTrail } from '../audit/audit-trail';
import { dismissSuspicious, getSuspicious, listSuspicious, stopFromSuspicious } from './suspicious';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const prefix = `test-${randomUUID()}`;
const ACCOUNT = `AC${'1'.repeat(32)}`;
const routes: Routes = {
  accounts: [{ sid: ACCOUNT, workspace: 'default' }],
  presentAccount: ACCOUNT,
  workspaces: new Map([['default', 'default']]),
  workspaceOf: (sid) => (sid === ACCOUNT ? 'default' : undefined),
};
const stores = {
  queues: openJobStores(redis, prefix, { workspaceOf: routes.workspaceOf }),
  ledger: new Ledger(redis, { prefix }),
  audit: new AuditTrail(redis, prefix),
};
afterAll(async () => {
  await closeQueues(stores.queues);
  redis.disconnect();
});

const author = { by: 'Ann', why: 'Twilio has the message' };
let sent = 0;

async function put(
  params: Record<string, string>,
  what = AMBIGUOUS,
  route: 'messages' | 'status' = 'messages',
) {
  const all = { AccountSid: ACCOUNT, MessageSid: `SM${String(++sent).padStart(32, '0')}`, ...params };
  const data = { route, params: all, signed: `digest ${String(sent)}` };
  return stores.queues.deadLetters.put(unprocessableDeadLetter(what, data, 1_000 + sent));
}
const enqueued = async () =>
  (await stores.queues.inbound.getJobs()).flatMap(
    ({ data }) => data.payload.events as readonly { phone: string }[],
  );

describe('messages that may be made of another one', () => {
  it('are listed with whom they claim to be from, the oldest first', async () => {
    const first = await put({ From: 'whatsapp:+14155550101', To: 'whatsapp:+15005550006' });
    const second = await put({ From: '+15005550006', To: '+14155550102' }, AMBIGUOUS, 'status');
    const third = await put({ From: '+14155550103', MessagingServiceSid: 'MG1' }, SIDS_DIFFER);
    const { messages, total } = await listSuspicious(stores, routes, 10);
    expect(total).toBe(3);
    expect(messages.map(({ id, code, claim }) => [id, code, claim])).toEqual([
      [
        first,
        'message_ambiguous',
        { workspace: 'default', channel: 'whatsapp', phone: '+14155550101', sender: 'whatsapp:+15005550006' },
      ],
      [
        second,
        'message_ambiguous',
        { workspace: 'default', channel: 'sms', phone: '+14155550102', sender: '+15005550006' },
      ],
      [
        third,
        'message_sids_differ',
        { workspace: 'default', channel: 'sms', phone: '+14155550103', sender: 'MG1' },
      ],
    ]);
  });

  it('opt their phone out when an operator says so, and are discarded then', async () => {
    const id = await put({ From: '+14155550111', To: '+15005550006' });
    await stopFromSuspicious(stores, routes, id, author);
    expect(await enqueued()).toContainEqual(
      expect.objectContaining({ phone: '+14155550111', kind: 'stop', source: 'manual', ...author }),
    );
    expect(await stores.queues.deadLetters.get(id)).toBeUndefined();
  });

  it('are discarded without an opt-out when an operator dismisses them', async () => {
    const id = await put({ From: '+14155550112', To: '+15005550006' });
    await expect(dismissSuspicious(stores, routes, id, { by: 'Ann' })).rejects.toMatchObject({
      code: 'who_missing',
    });
    await dismissSuspicious(stores, routes, id, author);
    expect(await stores.queues.deadLetters.get(id)).toBeUndefined();
    expect(await enqueued()).not.toContainEqual(expect.objectContaining({ phone: '+14155550112' }));
  });

  it('opt nobody out who is none of a configured account', async () => {
    const id = await put({ From: '+14155550113', To: '+15005550006', AccountSid: `AC${'2'.repeat(32)}` });
    expect((await getSuspicious(stores, routes, id)).claim).toBeUndefined();
    await expect(stopFromSuspicious(stores, routes, id, author)).rejects.toMatchObject({
      code: 'phone_missing',
    });
    expect(await stores.queues.deadLetters.get(id)).toBeDefined();
  });

  it('are no other dead letters', async () => {
    const other = ingestDeadLetter('message_not_understood', 'x', { type: 'raw', data: { n: 1 } }, 1);
    const id = await stores.queues.deadLetters.put(other);
    for (const decide of [stopFromSuspicious, dismissSuspicious]) {
      await expect(decide(stores, routes, id, author)).rejects.toMatchObject({
        code: 'letter_not_suspicious',
      });
    }
    expect(await stores.queues.deadLetters.get(id)).toBeDefined();
  });
});
