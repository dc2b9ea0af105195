import type { LedgerConsent, LedgerEntry, RecordedEvent } from '@optout-sync/shared/ledger';
import { expectedConsents, type ExpectedConsent } from './expected-consent';
import type { Person, Said } from './said';

/** Compares the ledger with what a person said. @returns what differs, in words; nothing where all is right */
export function ledgerDifferences({ phone, said }: Person, entry: LedgerEntry | undefined): string[] {
  if (!entry) return [`${phone} is not in the ledger`];
  const expected = expectedConsents(said);
  const found = new Map(entry.senders);
  const consents = [...new Set([...expected.keys(), ...found.keys()])].flatMap((sender) =>
    consentDifferences(expected.get(sender), found.get(sender)).map((text) => `with ${sender}: ${text}`),
  );
  const held = entry.appliedVersion === entry.version ? [] : [`holds ${String(entry.appliedVersion)}`];
  return [
    ...messageDifferences(said, entry.history),
    ...consents,
    ...held,
    ...orderDifferences(said, entry),
  ].map((text) => `${phone} (version ${String(entry.version)}) ${text}`);
}

/** Each message once, and none besides; none waits. */
function messageDifferences(said: readonly Said[], history: readonly RecordedEvent[]): string[] {
  const recorded = history.map(({ messageSid }) => messageSid as string);
  const missing = said
    .filter(({ sid }) => sid !== undefined && !recorded.includes(sid))
    .map(({ sid }) => sid ?? '');
  const open = history.filter(({ outcome }) => outcome !== 'applied' && outcome !== 'stale');
  return [
    ...missing.map((sid) => `lacks ${sid}`),
    ...(recorded.length === said.length
      ? []
      : [`has ${String(recorded.length)} messages of ${String(said.length)}`]),
    ...open.map(({ messageSid, outcome }) => `has ${messageSid} as ${outcome}`),
  ];
}

function consentDifferences(
  expected: ExpectedConsent | undefined,
  found: LedgerConsent | undefined,
): string[] {
  if (!expected || !found) return [`${found?.state ?? 'nothing'} instead of ${expected?.state ?? 'nothing'}`];
  const { state, last, first } = expected;
  const { messageSid, since, reason } = found;
  const checks: readonly (readonly [boolean, string])[] = [
    [found.state === state, `${found.state} instead of ${state}`],
    [last.sid === undefined || messageSid === last.sid, `by ${messageSid}, not ${String(last.sid)}`],
    [reason === last.reason, `because of ${reason}, not ${last.reason}`],
    [
      since >= first.earliest && since <= first.latest,
      `since ${iso(since)}, not between ${iso(first.earliest)} and ${iso(first.latest)}`,
    ],
  ];
  return checks.flatMap(([isRight, text]) => (isRight ? [] : [text]));
}

/**
 * What was said later never has an earlier version, and another state has a later one. Of what reached Customer.io: a message that
 * arrives behind a later one finds the version that it made.
 */
function orderDifferences(said: readonly Said[], { history, version }: LedgerEntry): string[] {
  const rowOf = new Map(history.map((row) => [row.messageSid as string, row]));
  const wrong = history.some((row) => row.version > version) ? ['has a message of a later version'] : [];
  for (const sender of new Set(said.map((one) => one.sender))) {
    const rows = said
      .flatMap((one) => (one.sender === sender ? (rowOf.get(one.sid ?? '') ?? []) : []))
      .filter(({ outcome }) => outcome === 'applied');
    rows.slice(1).forEach((row, n) => {
      const before = rows[n];
      if (!before) return;
      const isLater = before.kind === row.kind ? row.version >= before.version : row.version > before.version;
      if (!isLater)
        wrong.push(`has ${row.messageSid} of version ${String(row.version)} after ${String(before.version)}`);
    });
  }
  return wrong;
}

const iso = (at: number): string => new Date(at).toISOString();
