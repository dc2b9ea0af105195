import fc from 'fast-check';
import { decidingMessage, type SenderConsent } from '../domain/consent';
import { parseLedgerEntry, type LedgerEntry } from './ledger-entry';
import { uniteEntries, type EntryHash } from './unite-entries';

const SENDERS = ['+15005550006', 'MG00000000000000000000000000000001', 'whatsapp:+15005550006'];
const sid = (n: number): string => `SM${n.toString(16).padStart(32, '0')}`;

interface Message {
  readonly n: number;
  readonly kind: 'stop' | 'start' | 'help';
  readonly sender: number;
  readonly at: number;
}

/** Messages with distinct sids: a message has the same content in whichever entry it is. */
const messages = fc.uniqueArray(
  fc.record<Message>({
    n: fc.integer({ min: 1, max: 30 }),
    kind: fc.constantFrom('stop', 'start', 'help'),
    sender: fc.nat(SENDERS.length - 1),
    at: fc.integer({ min: 1_000, max: 9_000 }),
  }),
  { selector: ({ n }) => n, maxLength: 12 },
);

const consentOf = ({ n, kind, at }: Message): SenderConsent => ({
  state: kind === 'stop' ? 'stopped' : 'started',
  orderAt: at,
  occurredAt: at,
  source: 'webhook',
  messageSid: sid(n) as SenderConsent['messageSid'],
});

/** The hash that recording these messages leaves, as far as uniting is concerned. */
function hashOf(some: readonly Message[], { v, a, t, p = '' }: Head): EntryHash {
  if (some.length === 0) return {};
  const numbers = new Map<number, number>();
  for (const { sender } of some) if (!numbers.has(sender)) numbers.set(sender, numbers.size + 1);
  const hash: Record<string, string> = { v: `${v}`, a: `${a}`, t: `${t}`, p, n: `${numbers.size}` };
  for (const { n, kind, sender, at } of some) {
    hash[`m:${sid(n)}`] = `${kind} w ${at} 0 5 ${v} a ${numbers.get(sender)}`;
    hash[`w:${sid(n)}`] = JSON.stringify({ why: `message ${n}` });
  }
  for (const [sender, number] of numbers) {
    const ofSender = some.filter((one) => one.sender === sender && one.kind !== 'help');
    const deciding = decidingMessage(ofSender.map(consentOf));
    hash[`s:${SENDERS[sender]}`] = deciding ? `${number} ${deciding.messageSid}` : `${number}`;
  }
  return hash;
}

interface Head {
  readonly v: number;
  readonly a: number;
  readonly t: number;
  readonly p?: string;
}

const parsed = (hash: EntryHash): LedgerEntry => {
  const entry = parseLedgerEntry(hash);
  if (!entry) throw new Error('no entry');
  return entry;
};

/** What uniting must keep: independent of versions, and of which entry was the canonical one. */
const contentOf = ({ senders, history, people }: LedgerEntry): unknown => ({
  senders: [...senders].map(([name, { messageSid, state }]) => [name, messageSid, state]).sort(),
  history: history.map(({ messageSid, sender, note }) => [messageSid, sender, note]).sort(),
  people: [...people].sort(),
});

describe('uniteEntries', () => {
  it('unites senders, history and people, in a version and with a timestamp above both', () => {
    const own = hashOf([{ n: 1, kind: 'stop', sender: 0, at: 2_000 }], { v: 3, a: 3, t: 70, p: 'a b' });
    const other = hashOf(
      [
        { n: 2, kind: 'start', sender: 0, at: 3_000 },
        { n: 3, kind: 'stop', sender: 1, at: 1_000 },
      ],
      { v: 7, a: 5, t: 90, p: 'b c' },
    );
    const entry = parsed(uniteEntries(own, other));
    expect(entry).toMatchObject({ version: 8, appliedVersion: 3, timestamp: 91, people: ['a', 'b', 'c'] });
    expect([...entry.senders].map(([name, { messageSid, state }]) => [name, messageSid, state])).toEqual([
      [SENDERS[0], sid(2), 'started'],
      [SENDERS[1], sid(3), 'stopped'],
    ]);
    expect(entry.history.map(({ messageSid, sender }) => [messageSid, sender])).toEqual([
      [sid(3), SENDERS[1]],
      [sid(1), SENDERS[0]],
      [sid(2), SENDERS[0]],
    ]);
  });

  it('takes an entry over as it is, due, where there is none under the canonical spelling', () => {
    const other = hashOf([{ n: 1, kind: 'stop', sender: 2, at: 2_000 }], { v: 4, a: 4, t: 50, p: 'a' });
    const entry = parsed(uniteEntries({}, other));
    expect(entry).toMatchObject({ version: 5, appliedVersion: 4, timestamp: 51, people: ['a'] });
    expect(contentOf(entry)).toEqual(contentOf(parsed(other)));
  });

  it('is due after a sync of an old worker has marked an entry that was merged and deleted', () => {
    const own = hashOf([{ n: 1, kind: 'stop', sender: 0, at: 2_000 }], { v: 9, a: 9, t: 70 });
    const entry = parsed(uniteEntries(own, { a: '4', p: 'z', wa: '123' }));
    expect(entry).toMatchObject({ version: 10, appliedVersion: 4, people: ['z'], writtenAt: 123 });
    expect(entry.senders.get(SENDERS[0] ?? '')?.state).toBe('stopped');
  });

  it('keeps the first opt-out of a standing one, the older of both', () => {
    const stop = (n: number, at: number): Message => ({ n, kind: 'stop', sender: 0, at });
    const own = { ...hashOf([stop(2, 5_000)], { v: 1, a: 1, t: 5 }), 'o:1': `4000 ${sid(7)}` };
    const other = {
      ...hashOf([{ ...stop(3, 1_000), sender: 1 }, stop(4, 6_000)], { v: 2, a: 2, t: 6 }),
      'o:2': `1500 ${sid(8)}`,
    };
    expect(uniteEntries(own, other)).toMatchObject({ 'o:1': `1500 ${sid(8)}` });
    expect(uniteEntries(other, own)).toMatchObject({ 'o:2': `1500 ${sid(8)}` });
  });

  it('begins a standing opt-out with the older message where neither entry has repeated it', () => {
    const stop = (n: number, at: number): Message => ({ n, kind: 'stop', sender: 0, at });
    const own = hashOf([stop(2, 5_000)], { v: 1, a: 1, t: 5 });
    const other = hashOf([stop(3, 2_000)], { v: 1, a: 1, t: 2 });
    expect(uniteEntries(own, other)).toMatchObject({
      's:+15005550006': `1 ${sid(2)}`,
      'o:1': `2000 ${sid(3)}`,
    });
  });

  it('begins an opt-out after the last opt-in, whichever entry has that', () => {
    const own = hashOf(
      [
        { n: 1, kind: 'start', sender: 0, at: 4_000 },
        { n: 2, kind: 'stop', sender: 0, at: 5_000 },
      ],
      { v: 2, a: 2, t: 5 },
    );
    const other = hashOf([{ n: 3, kind: 'stop', sender: 0, at: 2_000 }], { v: 1, a: 1, t: 2 });
    for (const united of [uniteEntries(own, other), uniteEntries(other, own)]) {
      expect(united['s:+15005550006']).toBe(`1 ${sid(2)}`);
      expect(united).not.toHaveProperty('o:1');
    }
  });

  it('counts a YES only over an older opt-out, also one under the other spelling', () => {
    const yes = {
      ...hashOf([{ n: 1, kind: 'start', sender: 0, at: 3_000 }], { v: 1, a: 1, t: 3 }),
      [`y:${sid(1)}`]: '',
    };
    const stop = (at: number): EntryHash =>
      hashOf([{ n: 2, kind: 'stop', sender: 0, at }], { v: 1, a: 1, t: 2 });
    const decides = (other: EntryHash): string | undefined =>
      parsed(uniteEntries(yes, other)).senders.get(SENDERS[0] ?? '')?.messageSid;
    expect([decides(stop(2_000)), decides(stop(4_000))]).toEqual([sid(1), sid(2)]);
    const unstopped = hashOf([{ n: 3, kind: 'help', sender: 0, at: 1_000 }], { v: 1, a: 1, t: 1 });
    expect(decides(unstopped)).toBeUndefined();
  });

  it("lifts the opt-out of a service's number, under the other spelling too", () => {
    const start = {
      ...hashOf([{ n: 1, kind: 'start', sender: 1, at: 3_000 }], { v: 1, a: 1, t: 3 }),
      [`l:${sid(1)}`]: SENDERS[0] ?? '',
    };
    const stop = hashOf([{ n: 2, kind: 'stop', sender: 0, at: 2_000 }], { v: 1, a: 1, t: 2 });
    for (const united of [uniteEntries(start, stop), uniteEntries(stop, start)]) {
      expect(parsed(united).senders.get(SENDERS[0] ?? '')).toMatchObject({
        state: 'started',
        messageSid: sid(1),
      });
    }
  });

  it('takes of an optional destination what both hold; without a note of its own it holds what Customer.io does', () => {
    const head = { v: 4, a: 4, t: 1, p: 'a' };
    const own = {
      ...hashOf([{ n: 1, kind: 'stop', sender: 0, at: 1 }], head),
      'a:native': '3',
      'p:native': 'b',
    };
    const other = hashOf([{ n: 2, kind: 'stop', sender: 0, at: 2 }], { ...head, a: 2, p: 'c' });
    for (const united of [uniteEntries(own, other), uniteEntries(other, own)]) {
      expect(united['a:native']).toBe('2');
      expect(united['p:native']?.split(' ').sort()).toEqual(['b', 'c']);
    }
    expect(uniteEntries({}, own)).toMatchObject({ a: '4', 'a:native': '3', 'p:native': 'b' });
  });

  it('adds up what both have pruned', () => {
    const entry = (q: string): EntryHash => ({
      ...hashOf([{ n: 1, kind: 'stop', sender: 0, at: 1 }], { v: 1, a: 1, t: 1 }),
      q,
    });
    expect(parsed(uniteEntries(entry('3 500'), entry('4 400')))).toMatchObject({
      pruned: { count: 7, since: 400 },
    });
  });

  it.each([
    ['the stronger kind', 'help w 2000 0 5 1 i 1', 'stop w 2000 0 5 1 p 1', 'stop w 2000 0 5 1 p 1'],
    ["Twilio's own time", 'stop w 2000 0 5 1 p 1', 'stop e 1900 0 105 1 p 1', 'stop e 1900 0 105 1 p 1'],
    ['the final outcome', 'stop w 2000 0 5 1 p 1', 'stop w 2000 0 5 1 a 1', 'stop w 2000 0 5 1 a 1'],
    ['what it has, of equals', 'stop w 2000 0 5 1 n 1', 'stop w 2001 0 5 1 a 1', 'stop w 2000 0 5 1 n 1'],
  ])('of one message in both entries keeps %s', (_, own, other, expected) => {
    const head = { v: '1', a: '1', t: '2', n: '1', 's:x': `1 ${sid(1)}` };
    const united = uniteEntries({ ...head, [`m:${sid(1)}`]: own }, { ...head, [`m:${sid(1)}`]: other });
    expect(united[`m:${sid(1)}`]).toBe(expected);
  });

  it('has the same content whichever entry is the canonical one, and loses no message', () => {
    fc.assert(
      fc.property(messages, fc.nat(12), (all, overlap) => {
        fc.pre(all.length > 1);
        const [first, second] = [all.slice(0, Math.ceil(all.length / 2)), all.slice(-overlap - 1)];
        const [own, other] = [
          hashOf(first, { v: 2, a: 1, t: 10, p: 'a b' }),
          hashOf(second, { v: 5, a: 4, t: 20, p: 'b c' }),
        ];
        const [one, two] = [parsed(uniteEntries(own, other)), parsed(uniteEntries(other, own))];
        expect(contentOf(one)).toEqual(contentOf(two));
        const sids = new Set([...first, ...second].map(({ n }) => sid(n)));
        expect(one.history.map(({ messageSid }) => messageSid as string).sort()).toEqual([...sids].sort());
        for (const { history } of [one, two]) expect(history.every(({ note }) => note)).toBe(true);
        const together = [...new Set([...first, ...second])];
        expect(contentOf(one)).toMatchObject({
          senders: (contentOf(parsed(hashOf(together, { v: 1, a: 1, t: 1 }))) as { senders: unknown })
            .senders,
        });
      }),
    );
  });

  it('changes no content when it is repeated', () => {
    fc.assert(
      fc.property(messages, messages, (first, second) => {
        fc.pre(first.length > 0 && second.length > 0);
        const [own, other] = [hashOf(first, { v: 1, a: 1, t: 1 }), hashOf(second, { v: 1, a: 1, t: 1 })];
        const once = uniteEntries(own, other);
        expect(contentOf(parsed(uniteEntries(once, other)))).toEqual(contentOf(parsed(once)));
      }),
    );
  });
});
