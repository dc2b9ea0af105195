import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';
import { E164 } from '@optout-sync/shared/domain';
import { SentMessages } from './sent-messages';

const message = {
  sid: `SM${'0'.repeat(32)}`,
  from: E164.parse('+14155550101'),
  body: 'STOP',
  sentAt: new Date(),
};

async function outcomeOf(change: object, read: Ledger['read']): Promise<string | undefined> {
  const messages = new SentMessages({ read });
  messages.add({ ...message, answer: 200, ...change });
  return (await messages.withOutcomes())[0]?.outcome;
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const holding = (messageSid: string) => () =>
  Promise.resolve({ history: [{ messageSid, outcome: 'applied' }] } as unknown as LedgerEntry);

test("the outcome of a message is the ledger's, and it waits while the ledger has none", async () => {
  expect(await outcomeOf({}, holding(message.sid))).toBe('applied');
  expect(await outcomeOf({}, holding(`SM${'1'.repeat(32)}`))).toBe('waits');
  expect(await outcomeOf({}, nothing)).toBe('waits');
});

test('a message without a keyword, or that ingest did not accept, waits for nothing', async () => {
  expect(await outcomeOf({ body: 'See you at the bus stop' }, nothing)).toBe('no_opt_out');
  expect(await outcomeOf({ answer: 503 }, nothing)).toBe('refused');
  expect(await outcomeOf({ answer: 'connect ECONNREFUSED' }, nothing)).toBe('refused');
});

test('while Redis fails or is silent, the outcome is unknown', async () => {
  expect(await outcomeOf({}, () => Promise.reject(new Error('connection lost')))).toBe('unknown');
  expect(await outcomeOf({}, () => new Promise(() => undefined))).toBe('unknown');
});

test('the latest ten messages are kept, the latest first', async () => {
  const messages = new SentMessages({ read: nothing });
  for (let n = 1; n <= 12; n += 1) messages.add({ ...message, body: `hello ${n}`, answer: 200 });
  const bodies = (await messages.withOutcomes()).map(({ body }) => body);
  expect(bodies).toHaveLength(10);
  expect(bodies[0]).toBe('hello 12');
});
