import { reasonOf, type EventSource, type MessageSid, type Reason } from '@optout-sync/shared/domain';
import type { LedgerConsent, LedgerEntry } from '@optout-sync/shared/ledger';
import { consentChanges } from './consent-changes';
import { senderScope } from './sender-scope';

const SERVICE = `MG${'1'.repeat(32)}`;
const [IN_SERVICE, ALONE, OTHER, TOLL_FREE] = [
  '+15005550006',
  '+15005550007',
  '+15005550008',
  '+18005550100',
];
const ACCOUNT = { sid: 'AC1', services: { [SERVICE]: [IN_SERVICE] }, numbers: [ALONE] };

interface Said {
  readonly kind?: 'stop' | 'start';
  readonly sender?: string;
  readonly source?: EventSource;
  readonly reason?: Reason;
  readonly blocked?: boolean;
  readonly keyword?: string;
}

/** An entry whose n-th message made version n, applied all. */
function entryOf(...said: readonly Said[]): LedgerEntry {
  const history = said.map(
    ({ kind = 'stop', sender = ALONE, source = 'webhook', reason, keyword, blocked = false }, n) => ({
      messageSid: `SM${String(n)}` as MessageSid,
      sender,
      kind,
      source,
      orderAt: n * 10,
      occurredAt: n * 10 + (blocked ? 5 : 0),
      receivedAt: n * 10,
      version: n + 1,
      outcome: 'applied' as const,
      ...((reason ?? keyword) && { note: { reason, keyword } }),
    }),
  );
  const senders = new Map(
    history.map(({ sender, kind, ...event }): [string, LedgerConsent] => [
      sender,
      {
        ...event,
        state: kind === 'stop' ? 'stopped' : 'started',
        since: event.occurredAt,
        reason: reasonOf({ ...event, ...event.note }),
      },
    ]),
  );
  const version = history.length;
  return { version, appliedVersion: version, timestamp: 0, senders, people: [], history, versions: [] };
}

const changes = (
  entry: LedgerEntry,
  { scope = 'sender', after = 0 }: { scope?: 'sender' | 'service' | 'account'; after?: number } = {},
): string[] =>
  consentChanges(entry, { after, upTo: entry.appliedVersion }, senderScope(scope, [ACCOUNT])).map(
    ({ sender, status, source }) => `${sender} ${status} ${source}`,
  );
const wording: Said = { reason: 'wording' };

describe('an opt-out', () => {
  it.each<[string, Said, string]>([
    ['wording', wording, 'opt-out-message'],
    ['an operator', { source: 'manual' }, 'offline'],
    ['an import', { source: 'import' }, 'others'],
    ['Customer.io', { source: 'manual', reason: 'customerio' }, 'others'],
    ['another system', { source: 'manual', reason: 'api' }, 'others'],
    ['a keyword that is none of Twilio', { keyword: 'OPT OUT' }, 'opt-out-message'],
  ])('by %s is written for its sender', (_, said, source) => {
    expect(changes(entryOf(said))).toEqual([`${ALONE} opt-out ${source}`]);
  });

  it.each<[string, Said]>([
    ['by a keyword', { keyword: 'STOP' }],
    ['that Twilio classified', {}],
    ['by a keyword that a backfill found', { source: 'backfill' }],
    ['that Twilio reports as a block', { source: 'status_callback', blocked: true }],
    ['of a reassigned number', { source: 'event_stream', reason: 'reassigned' }],
  ])('%s is left to Twilio', (_, said) => {
    expect(changes(entryOf(said))).toEqual([]);
  });

  it('is written once: not again when the destination holds its version', () => {
    expect(changes(entryOf(wording), { after: 1 })).toEqual([]);
  });

  it('is not written ahead of Customer.io', () => {
    expect(changes({ ...entryOf(wording), appliedVersion: 0 })).toEqual([]);
  });

  it('by a keyword is written once an opt-out was written for the sender', () => {
    expect(changes(entryOf(wording, { kind: 'start' }, {}), { after: 2 })).toEqual([
      `${ALONE} opt-out opt-out-message`,
    ]);
  });
});

describe('an opt-in', () => {
  it('of the person is written after an opt-out that was written', () => {
    expect(changes(entryOf(wording, { kind: 'start' }))).toEqual([`${ALONE} opt-in opt-in-message`]);
  });

  it('after a keyword is left to Twilio', () => {
    expect(changes(entryOf({}, { kind: 'start' }))).toEqual([]);
  });

  it.each<[string, Said]>([
    ['an operator', { source: 'manual' }],
    ['another system', { source: 'manual', reason: 'api' }],
    ['an import', { source: 'import' }],
  ])('by %s is never written', (_, said) => {
    expect(changes(entryOf(wording, { kind: 'start', ...said }))).toEqual([]);
  });

  it('to a toll-free number is never written', () => {
    const sender = TOLL_FREE;
    expect(changes(entryOf({ ...wording, sender }, { kind: 'start', sender }))).toEqual([]);
  });
});

describe('CONSENT_SCOPE', () => {
  it('service writes for the Messaging Service of the number', () => {
    const said = { ...wording, sender: IN_SERVICE };
    expect(changes(entryOf(said), { scope: 'service' })).toEqual([`${SERVICE} opt-out opt-out-message`]);
    expect(changes(entryOf({ ...wording, sender: OTHER }), { scope: 'service' })).toEqual([
      `${OTHER} opt-out opt-out-message`,
    ]);
  });

  it('account writes for every sender, and of a keyword for those that Twilio did not block', () => {
    const all = (...senders: string[]) => senders.map((sender) => `${sender} opt-out opt-out-message`);
    expect(changes(entryOf(wording), { scope: 'account' }).sort()).toEqual(all(ALONE, SERVICE).sort());
    expect(changes(entryOf({}), { scope: 'account' })).toEqual(all(SERVICE));
    expect(changes(entryOf({ sender: IN_SERVICE }), { scope: 'account' })).toEqual(all(ALONE));
  });

  it('account writes for the other senders where a blocked send has confirmed the opt-out since', () => {
    const [stop, { history, senders }] = [
      entryOf({}),
      entryOf({}, { source: 'status_callback', blocked: true }),
    ];
    const [word] = senders.values();
    const entry = {
      ...stop,
      history,
      senders: new Map([[ALONE, { ...word!, version: 1, reason: 'message' as const }]]),
    };
    expect(changes(entry, { scope: 'account' })).toEqual([`${SERVICE} opt-out opt-out-message`]);
  });

  it('account lifts only the sender that the person sent START to', () => {
    const entry = entryOf({ sender: SERVICE }, { kind: 'start', sender: ALONE });
    expect(changes(entry, { scope: 'account', after: 1 })).toEqual([`${ALONE} opt-in opt-in-message`]);
  });

  it('account lets the latest word about a sender count', () => {
    const entry = entryOf({ kind: 'start', sender: ALONE }, { sender: SERVICE });
    expect(changes(entry, { scope: 'account' })).toEqual([`${ALONE} opt-out opt-out-message`]);
  });
});

describe('the account of a sender', () => {
  const two = senderScope('sender', [ACCOUNT, { sid: 'AC2', numbers: [OTHER] }]);
  it('is the only one, or the one that names it', () => {
    expect(senderScope('sender', [ACCOUNT]).accountOf(OTHER)).toBe('AC1');
    expect([SERVICE, IN_SERVICE, ALONE, OTHER, TOLL_FREE].map((sender) => two.accountOf(sender))).toEqual([
      'AC1',
      'AC1',
      'AC1',
      'AC2',
      undefined,
    ]);
  });
});
