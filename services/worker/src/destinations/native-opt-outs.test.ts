import fc from 'fast-check';
import type { OptOut } from '@optout-sync/customerio';
import { E164, type MessageSid } from '@optout-sync/shared/domain';
import type { LedgerConsent, LedgerEntry, WrittenVersion } from '@optout-sync/shared/ledger';
import { nativeOptOuts } from './native-opt-outs';

const PEOPLE = ['p1', 'p2', 'p3'];
const version = fc.integer({ min: 1, max: 6 });
const consent = fc.record({ state: fc.constantFrom('stopped' as const, 'started' as const), version });
const people = fc.subarray(PEOPLE);

function entryOf(
  senders: readonly { state: LedgerConsent['state']; version: number }[],
  given: Pick<LedgerEntry, 'appliedVersion' | 'people' | 'destinations'>,
): LedgerEntry {
  const at = 1_772_013_598_000;
  const consents = senders.map((sender, n): [string, LedgerConsent] => [
    `MG${String(n)}`,
    {
      ...sender,
      orderAt: at,
      occurredAt: at,
      since: at,
      source: 'webhook',
      reason: 'message',
      messageSid: `SM${String(n)}` as MessageSid,
    },
  ]);
  return {
    version: 6,
    timestamp: at / 1_000,
    senders: new Map(consents),
    history: [],
    versions: [],
    ...given,
  };
}

it('writes what has changed to those it was written to, to newcomers the opt-outs of before too, and nothing ahead of the attribute', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(consent, { minLength: 1, maxLength: 4 }),
      version,
      version,
      people,
      people,
      async (senders, appliedVersion, present, now, before) => {
        const entry = entryOf(senders, {
          appliedVersion,
          people: now,
          destinations: { native: { appliedVersion: present, people: before } },
        });
        const sent = new Map<string, readonly OptOut[]>();
        const marks: WrittenVersion[] = [];
        const native = nativeOptOuts({
          setOptOuts: (cioId, optOuts) => {
            sent.set(cioId, optOuts);
            return Promise.resolve();
          },
        });
        await native.write(
          {
            subject: { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550101') },
            entry,
            optedOut: true,
          },
          (written) => Promise.resolve(void marks.push(written)),
        );
        for (const person of PEOPLE) {
          const expected = [...entry.senders].filter(([, { state, version }]) => {
            const isNew = !before.includes(person) && state === 'stopped';
            return now.includes(person) && version <= appliedVersion && (version > present || isNew);
          });
          expect(sent.get(person) ?? []).toEqual(
            expected.map(([from, { state }]) => ({ from, optout: state === 'stopped', channel: 'sms' })),
          );
        }
        expect(marks).toEqual([{ appliedVersion, people: now }]);
        expect(native.isBehind(entry)).toBe(
          present < appliedVersion || now.some((person) => !before.includes(person)),
        );
      },
    ),
  );
});
