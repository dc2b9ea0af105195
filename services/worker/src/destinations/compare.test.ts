import fc from 'fast-check';
import type { E164, MessageSid } from '@optout-sync/shared/domain';
import type { LedgerConsent } from '@optout-sync/shared/ledger';
import { comparePeople } from './compare';
import { personAttributes } from './attributes';
import type { Consent } from './destination';

const PHONE = '+14155550101' as E164;
const OTHER = '+14155550102';

const person = fc.record({
  phone: fc.constantFrom(PHONE, OTHER, undefined),
  value: fc.constantFrom('true', 'false', '', 'yes', undefined),
  setAt: fc.option(fc.integer({ min: 1, max: 4_000_000_000 }), { nil: undefined }),
  isFound: fc.boolean(),
  isKnown: fc.boolean(),
  isNewcomer: fc.boolean(),
});
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

it('writes only true, only to people who have the number, and later than what it overwrites', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { maxLength: 5 }),
      fc.array(sender, { maxLength: 3 }),
      fc.boolean(),
      async (people, states, isRecent) => {
        const ids = people.map((_, n) => `p${String(n)}`);
        const stored = new Map(people.map((each, n) => [`p${String(n)}`, each]));
        const idsWhere = (holds: (each: (typeof people)[number]) => boolean): string[] =>
          ids.filter((_, n) => holds(people[n]!));
        const written = new Map<string, { value: unknown; timestamp: number }>();
        const compare = comparePeople({
          findPeople: () => Promise.resolve(idsWhere(({ isFound }) => isFound)),
          readPeople: (wanted) =>
            Promise.resolve(
              new Map(
                wanted.map((id) => {
                  const { phone, value, setAt } = stored.get(id)!;
                  const values = Object.entries({ phone, sms_unsubscribe: value });
                  return [
                    id,
                    {
                      values: new Map(
                        values.filter((pair): pair is [string, string] => pair[1] !== undefined),
                      ),
                      timestamps: new Map(setAt === undefined ? [] : [['sms_unsubscribe', setAt]]),
                    },
                  ];
                }),
              ),
            ),
          phoneAttribute: 'phone',
          phoneSettings: { phoneFormats: ['e164'] },
          names: {
            optedOut: { sms: 'sms_unsubscribe', whatsapp: 'whatsapp_unsubscribe' },
            senders: undefined,
          },
          writers: [
            personAttributes(
              ({ identifier, attributes, timestamp }) => {
                if ('cio_id' in identifier) {
                  written.set(identifier.cio_id, { value: attributes.sms_unsubscribe, timestamp });
                }
                return Promise.resolve();
              },
              { optedOut: { sms: 'sms_unsubscribe', whatsapp: 'whatsapp_unsubscribe' }, senders: undefined },
            ),
          ],
          newcomerWriters: [],
        });
        const consent = consentOf(
          states,
          idsWhere(({ isKnown }) => isKnown),
        );
        await compare(consent, {
          mode: 'enforce',
          lane: 'prompt',
          newcomers: idsWhere(({ isNewcomer }) => isNewcomer),
          now: 1_000_000,
          lagMs: isRecent ? 2_000_000 : 0,
          raise: (times) =>
            Promise.resolve(Math.max(consent.entry.timestamp, ...times.map((at) => at ?? 4e9)) + 1),
        });
        for (const [id, { value, timestamp }] of written) {
          const { phone, isFound, setAt = 0, value: before } = stored.get(id)!;
          expect(value).toBe(true);
          expect(before).not.toBe('true');
          expect(isFound || phone === PHONE).toBe(true);
          expect(timestamp).toBeGreaterThan(setAt);
        }
        const missed = idsWhere(
          ({ phone, isFound, isKnown, isNewcomer, value }) =>
            (isFound || (isNewcomer && phone === PHONE)) && value !== 'true' && !(isRecent && isKnown),
        );
        for (const id of missed) expect(written.has(id)).toBe(true);
      },
    ),
  );
});
