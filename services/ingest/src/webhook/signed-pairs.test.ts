import fc from 'fast-check';
import { classify } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { parseMessage } from '../routes/messages/parse';
import { parseForm } from './form';
import type { Params } from './request';
import { isAmbiguous, sidsDisagree, signedDigest } from './signed-pairs';

const ATTACKER = '+14155550199';
const VICTIM = '+14155550123';

const textOf = (params: Params): string =>
  Object.keys(params)
    .sort()
    .map((name) => name + String(params[name]))
    .join('');

/** A message whose text holds other parameters, which the attacker wants to be read. */
const bait = (text: string, changes: Record<string, string | undefined> = {}): Params =>
  twilioMessage({ From: ATTACKER, Body: text, ...changes });

/** What the attacker makes of the signed text: these parameters, and the rest of it in one more. */
function resplit(original: Params, forged: Readonly<Record<string, string>>, rest: number): Params {
  const text = textOf(original);
  const before = Object.entries(original).filter(([name]) => name < 'Body');
  const start = textOf({ ...Object.fromEntries(before), ...forged });
  expect(text.startsWith(start)).toBe(true);
  const tail = text.slice(start.length);
  return { ...Object.fromEntries(before), ...forged, [tail.slice(0, rest)]: tail.slice(rest) };
}

describe('a re-split text', () => {
  const sid = messageSid();
  const forged = { Body: 'START', From: VICTIM, MessageSid: sid, OptOutType: 'START', To: '+15005550006' };
  const original = bait(`STARTFrom${VICTIM}MessageSid${sid}OptOutTypeSTARTTo+15005550006Z`);

  it('is valid under the signature of the original and opts in another person, unless it is recognised', () => {
    const params = resplit(original, forged, 1);
    expect(signedDigest(params)).toBe(signedDigest(original));
    expect(parseMessage(params, 1, classify)).toMatchObject({ kind: 'event', event: { phone: VICTIM } });
    expect(isAmbiguous(params, '')).toBe(true);
    expect(isAmbiguous(original, '')).toBe(true);
  });

  it('is recognised where all SIDs are those of the original', () => {
    const params = bait(`STARTFrom${VICTIM}`);
    const split: Params = { ...params, Body: 'START', From: VICTIM, [`From${ATTACKER}`]: '' };
    expect(signedDigest(split)).toBe(signedDigest(params));
    expect(sidsDisagree(split)).toBe(false);
    expect(parseMessage(split, 1, classify)).toMatchObject({ kind: 'event', event: { phone: VICTIM } });
    expect(isAmbiguous(split, '')).toBe(true);
  });

  it('is recognised where the original names its sender by an id instead of a phone', () => {
    const params = bait(`STARTFrom${VICTIM}G`, {
      ExternalUserId: 'US.13491208655302741918',
      // WhatsApp has none of these.
      ...Object.fromEntries(
        ['', 'City', 'Country', 'State', 'Zip'].map((name) => [`From${name}`, undefined]),
      ),
    });
    const { ExternalUserId, ...others } = params;
    const split: Params = {
      ...others,
      Body: 'START',
      From: VICTIM,
      [`GExternalUserId${String(ExternalUserId)}`]: '',
    };
    expect(signedDigest(split)).toBe(signedDigest(params));
    expect(parseMessage(split, 1, classify)).toMatchObject({ kind: 'event', event: { phone: VICTIM } });
    expect(isAmbiguous(split, '')).toBe(true);
  });

  const swallowed = (From: string): [string, (rest: string) => Record<string, string>][] => [
    ['the value of one of his own parameters', (rest) => ({ G: rest })],
    ['one of his own names', (rest) => ({ [`G${rest}`]: '' })],
    ['one that begins with From', (rest) => ({ [rest]: '' })],
    ['a place', (rest) => ({ FromCity: rest })],
    ['his own parameter, cut off in the middle', (rest) => ({ [`FromCity${rest}`]: From })],
  ];

  it.each(['12345', '+12345', 'client:bob', 'sip:bob@example.com', '4155550199', 'channel:x'])(
    'is recognised where the real sender is %j, which is no phone number, wherever it is put',
    (From) => {
      const message = twilioMessage({ From });
      for (const [where, put] of swallowed(From)) {
        const split = { ...message, Body: 'START', From: VICTIM, ...put(`From${From}`) };
        expect(parseMessage(split, 1, classify)).toMatchObject({ kind: 'event', event: { phone: VICTIM } });
        expect([where, isAmbiguous(split, '')]).toEqual([where, true]);
      }
    },
  );

  it('is not seen in what Twilio says of the sender, in a new parameter either, and in the words of a person', () => {
    const message = twilioMessage({ FromCity: 'FROMBERG', Body: 'STOP', ProfileName: 'Greetings From Ann' });
    expect(isAmbiguous({ ...message, FromCarrier: 'any' }, '')).toBe(false);
  });

  it.each([
    ['a plus that became a space', `From ${VICTIM.slice(1)}`],
    ['a channel before the number', `Fromwhatsapp:${VICTIM}`],
    ['a channel in capitals', `FromWhatsApp:${VICTIM}`],
    ['white space before the number', `From\n ${VICTIM}`],
    ['the query of a GET', `x&From=%2B${VICTIM.slice(1)}&y=`],
    ['an opt-out type in small letters', 'OptOutTypestart'],
    ['an account', `AccountSid${TWILIO_ACCOUNT_SID}`],
    ['a service', `MessagingServiceSidMG${'0'.repeat(32)}`],
  ])('is recognised with %s', (_, text) => {
    expect(isAmbiguous(bait(text), '')).toBe(true);
  });

  it('is recognised in the query of the URL, which is signed in front of the parameters', () => {
    const query = `a=bAccountSid${TWILIO_ACCOUNT_SID}ApiVersion2010-04-01Body`;
    expect(isAmbiguous(twilioMessage(), query)).toBe(true);
    expect(isAmbiguous(twilioMessage(), `AccountSid=${TWILIO_ACCOUNT_SID}&To=%2B15005550006`)).toBe(false);
  });

  it('is recognised however the rest of the text is cut into parameters', () => {
    const text = textOf(original);
    const head = text.length - text.indexOf('To+15005550006Z') - 'To+15005550006'.length;
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: head - 1 }), { maxLength: 12 }), (cuts) => {
        const parts = cuts.sort((a, b) => a - b);
        const tail = text.slice(text.length - head);
        const pieces = [0, ...parts].map((cut, n) => tail.slice(cut, parts[n] ?? tail.length));
        const params: Record<string, string> = {
          AccountSid: TWILIO_ACCOUNT_SID,
          ApiVersion: '2010-04-01',
          ...forged,
        };
        for (let n = 0; n < pieces.length; n += 2) params[pieces[n] ?? ''] = pieces[n + 1] ?? '';
        fc.pre(signedDigest(params) === signedDigest(original));
        expect(isAmbiguous(params, '')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has one digest in every order and encoding, and another one than any other message', () => {
    const params = twilioMessage({ Body: 'a b', From: ATTACKER });
    const forms = [
      new URLSearchParams(params).toString(),
      new URLSearchParams(Object.entries(params).reverse()).toString(),
      new URLSearchParams([...Object.entries(params), ['Body', 'a b']]).toString(),
      `&&${new URLSearchParams(params).toString().replace('a+b', '%61%20b')}&`,
    ];
    const digests = new Set(
      forms.map((form) => {
        const named = Object.entries(parseForm(form)).filter(([name]) => name !== '');
        return signedDigest(Object.fromEntries(named));
      }),
    );
    expect([...digests]).toEqual([signedDigest(params)]);
    expect(signedDigest({ ...params, Body: 'a c' })).not.toBe(signedDigest(params));
  });
});

describe('an ordinary message', () => {
  it.each([
    'STOP',
    'Tomorrow: see you. From: me, To: you',
    'My OptOutType is a word, and so is FromCity',
    'call (415) 555-0123 or +14155550101',
    'SmsSid? MessageSid!',
  ])('with the text %j is not ambiguous', (Body) => {
    const all = { Body, OptOutType: 'STOP', ProfileName: 'From Here To There', WaId: ATTACKER.slice(1) };
    expect(isAmbiguous(twilioMessage(all), '')).toBe(false);
    expect(isAmbiguous(twilioMessage({ ...all, From: `whatsapp:${ATTACKER}` }), 'a=b')).toBe(false);
  });

  it('is not ambiguous whatever parameters Twilio adds and whatever people write', () => {
    // Seven digits behind "From " could be a number that lost its plus.
    const words = fc.array(fc.constantFrom('stop', 'From', 'me', 'To', ' ', 'Sid', '555-01', ':', 'ü'), {
      maxLength: 9,
    });
    const name = fc.string({
      unit: fc.constantFrom('A', 'b', 'Sms', 'Sid', '_', '1'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, fc.dictionary(name, fc.string({ maxLength: 5 })), (text, added) => {
        expect(isAmbiguous({ ...added, ...twilioMessage({ Body: text.join('') }) }, '')).toBe(false);
      }),
    );
  });

  it('has SIDs that are all the same, as far as they are present', () => {
    expect(sidsDisagree(twilioMessage())).toBe(false);
    expect(sidsDisagree({ MessageSid: 'a', SmsSid: '' })).toBe(false);
    expect(sidsDisagree(twilioMessage({ SmsSid: messageSid() }))).toBe(true);
    expect(sidsDisagree(twilioMessage({ SmsMessageSid: messageSid(), SmsSid: undefined }))).toBe(true);
  });
});
