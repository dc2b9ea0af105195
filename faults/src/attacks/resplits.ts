import assert from 'node:assert/strict';
import { messageSid, twilioMessage, type TwilioParams } from '@optout-sync/twilio-simulator';
import { post, signatureOf, type Attack, type Target } from './attack';

const VICTIM = '+14155550123';
const ATTACKER = '+14155550199';
const OURS = '+15005550006';

/** What was signed, and the other pairs that the attacker makes of it. */
interface Resplit {
  readonly name: string;
  readonly original: TwilioParams;
  readonly split: TwilioParams;
}

/** An attacker's message, of which only `Body` is his choice, beside the address that he sends from. */
const signed = (Body: string, From: string): Record<string, string> => {
  const { AccountSid = '', MessageSid = '' } = twilioMessage();
  return { AccountSid, Body, From, MessageSid, To: OURS };
};

function withOwnSid(kind: string): Resplit {
  const sid = messageSid();
  const original = signed(`xFrom${VICTIM}MessageSid${sid}OptOutType${kind}To${OURS}Z`, ATTACKER);
  const rest = `From${ATTACKER}MessageSid${original.MessageSid ?? ''}To${OURS}`;
  const { AccountSid = '' } = original;
  const split = { AccountSid, Body: 'x', From: VICTIM, MessageSid: sid, OptOutType: kind, To: OURS, Z: rest };
  return { name: `${kind}, with a MessageSid of the attacker`, original, split };
}

function withRealSid(From: string): Resplit {
  const original = signed(`STARTFrom${VICTIM}G`, From);
  const split = { ...original, Body: 'START', From: VICTIM, G: `From${From}` };
  return { name: `START, with the real MessageSid, sent by ${From}`, original, split };
}

function asName(): Resplit {
  const original = signed(`STARTFrom${VICTIM}G`, ATTACKER);
  const split = { ...original, Body: 'START', From: VICTIM, [`GFrom${ATTACKER}`]: '' };
  return { name: 'START, the real sender in the name of a parameter', original, split };
}

function twice(): Resplit {
  const original = signed(`STARTFrom${VICTIM}`, ATTACKER);
  return {
    name: 'START, with two senders',
    original,
    split: { ...original, Body: 'START', From: [VICTIM, ATTACKER] },
  };
}

const SPLITS: readonly Resplit[] = [
  withOwnSid('START'),
  withOwnSid('STOP'),
  ...[ATTACKER, '12345', 'sip:bob@example.com', 'client:bob', 'whatsapp:US.13491208655302741918'].map(
    withRealSid,
  ),
  asName(),
  twice(),
];

/** The text that Twilio signs behind the URL. */
const textOf = (params: TwilioParams): string =>
  Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      [value]
        .flat()
        .sort()
        .map((one) => name + one),
    )
    .join('');

async function run({ system, ingest }: Target, { original, split }: Resplit): Promise<void> {
  assert.equal(textOf(split), textOf(original), 'the attack itself: it is not one signed text');
  const status = await post(ingest, split, { 'x-twilio-signature': signatureOf(original) });
  assert.equal(status, 200);
  const { deadLetters } = await system.queues.deadLetters.page({ limit: 10 });
  assert.match(deadLetters[0]?.deadLetter.code ?? '', /^message_(?:ambiguous|not_understood)$/);
  assert.equal(deadLetters.length, 1, 'one message makes one dead letter');
  assert.equal(await system.entry(VICTIM), undefined, 'the victim has a ledger entry');
  await system.queues.deadLetters.discard({});
}

/** A signed text that is split into another person's message. */
export const resplits: readonly Attack[] = SPLITS.map((resplit) => ({
  name: `re-split: ${resplit.name}`,
  run: (target) => run(target, resplit),
}));
