import fc from 'fast-check';
import type { E164, MessageSid } from '@optout-sync/shared/domain';
import type { LedgerConsent } from '@optout-sync/shared/ledger';
import { comparePeople, type Compared, type CompareOptions } from './compare';
import { personAttributes } from './attributes';
import type { Consent } from './destination';

const PHONE = '+14155550101' as E164;
const OTHER = '+14155550102';
const STOPPED_OTHER = '+14155550103';
const LATEST = 4_000_000_000;

const person = fc.record({
  phone: fc.constantFrom(PHONE, OTHER, STOPPED_OTHER, undefined),
  value: fc.constantFrom('true', 'false', '', 'yes', undefined),
  setAt: fc.option(fc.integer({ min: 1, max: LATEST }), { nil: undefined }),
  isFound: fc.boolean(),
  isKnown: fc.boolean(),
  isAllowed: fc.boolean(),
  isNewcomer: fc.boolean(),
});
type Person = typeof person extends fc.Arbitrary<infer P> ? P : never;
const sender = fc.constantFrom<LedgerConsent['state']>('stopped', 'started');

function consentOf(states: readonly LedgerConsent['state'][], people: readonly string[]): Consent {
  const at = 1_772_013_598_000;
  const senders = states.map((state, n): [string, LedgerConsent] => [
    `MG${String(n)}`,
    {
      state,
      orderAt: at,
      since: at,
      occurredAt: at,
      source: 'webhook',
      reason: 'message',
      messageSid: `SM${String(n)}` as MessageSid,
      version: 1,
    },
  ]);
  const entry = {
    version: 3,
    appliedVersion: 3,
    timestamp: at / 1_000,
    senders: new Map(senders),
    people,
    history: [],
    versions: [],
  };
  return { subject: { workspace: 'default', channel: 'sms', phone: PHONE }, entry, optedOut: true };
}

interface Case {
  readonly people: readonly Person[];
  readonly states: readonly LedgerConsent['state'][];
  readonly optedOut: boolean;
  readonly mode?: CompareOptions['mode'];
  readonly isRecent?: boolean;
  readonly attribute?: string;
}

/** Compares with these people, named p0, p1, ... */
async function compare({
  people,
  states,
  optedOut,
  mode = 'enforce',
  isRecent = false,
  attribute = 'sms_unsubscribe',
}: Case) {
  const idsWhere = (holds: (each: Person) => boolean): string[] =>
    people.flatMap((each, n) => (holds(each) ? [`p${String(n)}`] : []));
  const names = { optedOut: { sms: attribute, whatsapp: 'whatsapp_unsubscribe' }, senders: undefined };
  const written = new Map<string, { value: unknown; timestamp: number }>();
  const compareThem = comparePeople({
    findPeople: () => Promise.resolve(idsWhere(({ isFound }) => isFound)),
    readPeople: (wanted) =>
      Promise.resolve(
        new Map(
          wanted.map((id) => {
            const { phone, value, setAt } = people[Number(id.slice(1))]!;
            const values = Object.entries({ phone, [attribute]: value });
            return [
              id,
              {
                values: new Map(values.filter((pair): pair is [string, string] => pair[1] !== undefined)),
                timestamps: new Map(setAt === undefined ? [] : [[attribute, setAt]]),
              },
            ];
          }),
        ),
      ),
    phoneAttribute: 'phone',
    phoneSettings: { phoneFormats: ['e164'] },
    names,
    writers: [
      personAttributes(({ identifier, attributes, timestamp }) => {
        if ('cio_id' in identifier) {
          written.set(identifier.cio_id, { value: attributes[attribute], timestamp });
        }
        return Promise.resolve();
      }, names),
    ],
  });
  const consent = {
    ...consentOf(
      states,
      idsWhere(({ isKnown }) => isKnown),
    ),
    optedOut,
  };
  const result = await compareThem(consent, {
    mode,
    lane: 'background',
    newcomers: idsWhere(({ isNewcomer }) => isNewcomer),
    now: 1_000_000,
    lagMs: isRecent ? 2_000_000 : 0,
    pace: 'quarter',
    allowOptIn: idsWhere(({ isAllowed }) => isAllowed),
    orphans: [],
    isStopped: (stored) => Promise.resolve(stored === STOPPED_OTHER),
    raise: (times) =>
      Promise.resolve(Math.max(consent.entry.timestamp, ...times.map((at) => at ?? LATEST)) + 1),
  });
  return { written, result, idsWhere, consent };
}

const hasNumber = ({ phone, isFound }: Person): boolean => isFound || phone === PHONE;
/** Nobody else is known to have the number. */
const isReadHolder = ({ phone, isFound, isKnown, isNewcomer }: Person): boolean =>
  isFound || ((isKnown || isNewcomer) && phone === PHONE);
const people = fc.array(person, { maxLength: 5 });
const states = fc.array(sender, { maxLength: 3 });

it('opts out everyone who has a stopped number, and nobody else, later than what it overwrites', async () => {
  await fc.assert(
    fc.asyncProperty(people, states, fc.boolean(), async (all, senders, isRecent) => {
      const { written, idsWhere } = await compare({ people: all, states: senders, optedOut: true, isRecent });
      for (const [id, { value, timestamp }] of written) {
        const each = all[Number(id.slice(1))]!;
        expect(value).toBe(hasNumber(each));
        expect(each.value === 'true').toBe(!value);
        expect(timestamp).toBeGreaterThan(each.setAt ?? 0);
      }
      const missed = idsWhere(
        (each) => isReadHolder(each) && each.value !== 'true' && !(isRecent && each.isKnown),
      );
      for (const id of missed) expect(written.get(id)?.value).toBe(true);
    }),
  );
});

it('writes false only to people whom an operator named, who are true by the entry and have no stopped number', async () => {
  await fc.assert(
    fc.asyncProperty(people, states, fc.boolean(), async (all, senders, optedOut) => {
      const { written, idsWhere } = await compare({ people: all, states: senders, optedOut });
      for (const [id, { value }] of written) {
        if (value === true) expect(optedOut).toBe(true);
        else {
          const { isAllowed, isKnown, phone, value: before } = all[Number(id.slice(1))]!;
          expect([isAllowed, isKnown, before]).toEqual([true, true, 'true']);
          expect(phone).not.toBe(STOPPED_OTHER);
        }
      }
      const orphans = idsWhere(
        (each) =>
          !hasNumber(each) &&
          each.isKnown &&
          each.isAllowed &&
          each.value === 'true' &&
          each.phone !== STOPPED_OTHER,
      );
      for (const id of orphans) expect(written.get(id)?.value).toBe(false);
    }),
  );
});

it('writes nothing in mode report, and finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(people, states, fc.boolean(), async (all, senders, optedOut) => {
      const asked = { people: all, states: senders, optedOut };
      const reported = await compare({ ...asked, mode: 'report' });
      const enforced = await compare(asked);
      expect(reported.written.size).toBe(0);
      expect(reported.result?.drift).toEqual(enforced.result?.drift);
      expect(reported.result?.corrected).toEqual({});
      expect(reported.result?.people).toEqual(reported.consent.entry.people);
    }),
  );
});

const HOLDER: Person = {
  phone: PHONE,
  value: undefined,
  setAt: undefined,
  isFound: true,
  isKnown: true,
  isAllowed: false,
  isNewcomer: false,
};
const driftOf = (result: Compared | undefined): unknown => result?.drift;

it.each<[string, Partial<Person>, object]>([
  ['lists who left the number', { phone: OTHER, isFound: false, value: 'true' }, { orphaned: ['p0'] }],
  ['not who has a stopped number now', { phone: STOPPED_OTHER, isFound: false, value: 'true' }, {}],
  ['not who is not opted out', { phone: OTHER, isFound: false, value: 'false' }, {}],
  ['not whom it was never written to', { phone: OTHER, isFound: false, value: 'true', isKnown: false }, {}],
])('of orphans %s', async (_, changes, drift) => {
  const { result } = await compare({
    people: [{ ...HOLDER, ...changes }],
    states: ['stopped'],
    optedOut: true,
  });
  expect(driftOf(result)).toEqual(drift);
});

it.each<[string, Partial<Person>, LedgerConsent['state'][], object]>([
  [
    'lists who is true by an earlier policy',
    { value: 'true' },
    ['stopped', 'started'],
    { looser_policy: ['p0'] },
  ],
  ['not whom somebody else opted out later', { value: 'true', setAt: LATEST }, ['stopped', 'started'], {}],
  ['not whom it was never written to', { value: 'true', isKnown: false }, ['stopped', 'started'], {}],
  ['not where no sender is stopped', { value: 'true' }, ['started'], {}],
  ['not who is false', { value: 'false' }, ['stopped', 'started'], {}],
])('of a looser policy %s', async (_, changes, senders, drift) => {
  const { result, written } = await compare({
    people: [{ ...HOLDER, ...changes }],
    states: senders,
    optedOut: false,
  });
  expect(driftOf(result)).toEqual(drift);
  expect(written.size).toBe(0);
});

it('writes an attribute that cannot be read back once, not with every comparison', async () => {
  const attribute = 'cio_subscription_preferences.topics.topic_1';
  const asked = { states: ['stopped'] as const, optedOut: true, attribute };
  const first = await compare({ ...asked, people: [{ ...HOLDER, isKnown: false }] });
  expect(first.written.get('p0')?.value).toBe(true);
  expect(first.result?.people).toEqual(['p0']);
  const next = await compare({ ...asked, people: [HOLDER] });
  expect(next.written.size).toBe(0);
  expect(driftOf(next.result)).toEqual({});
});
