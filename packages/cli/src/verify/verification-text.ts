import type { FollowedSync, PersonVerdict, Verification, VerifiedPerson } from '@optout-sync/operations';
import { phoneText, type PhoneOptions } from '../frame/phones';
import { subjectText } from '../frame/subject-text';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** People that a table lists at most; those who differ come first. */
const MAX_ROWS = 100;

/** What a verdict means and what to do about it. */
const ADVICE: Readonly<Record<Exclude<PersonVerdict, 'ok'>, string>> = {
  missing:
    'has the number and not the attribute. `--fix --yes` opts them out; so does the next sweep that enforces (RECONCILE_MODE).',
  reverted:
    'has the number and another value. `--fix --yes` opts them out; so does the next sweep that enforces (RECONCILE_MODE).',
  orphaned:
    'is opted out by this number and no longer has it. Nothing is written by itself: their own START, or ' +
    '`--fix --allow-opt-in --yes`, sets them back.',
  looser_policy:
    'is opted out, and the present consent policy no longer opts the number out. Nothing is written by itself: ' +
    'their own START, or `--fix --allow-opt-in --yes`, sets them back.',
  opted_out_elsewhere:
    'is opted out, though no sender of the number is stopped: somebody else set it. It stays; change it in Customer.io.',
  unreadable:
    'was written to, and Customer.io does not return an attribute with a dot in its name: look in Customer.io.',
  pending:
    'holds another value, and the write is to come or may not be readable yet. Repeat this in a minute; if it lasts, ' +
    'see `optouts show` and `dlq list --phone`.',
};

const CONCLUSIONS: Readonly<Record<Verification['verdict'], string>> = {
  ok: 'Customer.io agrees with the ledger.',
  differs: 'Customer.io differs from the ledger.',
  pending: 'Customer.io does not show the present version yet.',
  no_profile: 'Nobody in Customer.io has the number. Whoever gets it is opted out as the ledger says.',
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** A live comparison: what the ledger says, each person as Customer.io holds them, and what to do. */
export function verificationText(
  terminal: Terminal,
  verification: Verification,
  options: PhoneOptions,
): string {
  const { subject, expected, attribute, comparedAt, entry, people, verdict } = verification;
  const holds = entry.version > entry.appliedVersion ? ', of which Customer.io does not hold the latest' : '';
  const shown = people.slice(0, MAX_ROWS);
  return [
    subjectText(subject, options),
    `ledger:      ${expected ? 'opted out' : 'not opted out'}, version ${String(entry.version)}${holds}`,
    `Customer.io: last written ${timeText(entry.writtenAt)}, last read by a worker ${timeText(entry.readAt)}`,
    `compared:    ${attribute} at ${iso(comparedAt)}`,
    ...(shown.length > 0 ? [peopleTable(terminal, shown, attribute, options)] : []),
    ...(people.length > shown.length ? [`... and ${String(people.length - shown.length)} more people.`] : []),
    ...adviceOn(people),
    CONCLUSIONS[people.length === 0 && !expected ? 'ok' : verdict],
  ].join('\n');
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? 'never or long ago' : iso(ms);
}

function peopleTable(
  terminal: Terminal,
  people: readonly VerifiedPerson[],
  attribute: string,
  options: PhoneOptions,
): string {
  const shown = phoneText(options);
  return tableText(
    terminal,
    ['cio_id', 'phone', attribute, 'set at', 'verdict'],
    people.map(({ cioId, phone, value, setAt, verdict, byOtherNumber }) => [
      cioId,
      phone === undefined ? '' : shown(phone),
      value === undefined ? '(none)' : value === '' ? "''" : value,
      setAt === undefined ? '' : iso(setAt * 1_000),
      byOtherNumber ? 'ok: opted out by that number' : verdict,
    ]),
  );
}

function adviceOn(people: readonly VerifiedPerson[]): string[] {
  const verdicts = new Set(people.map(({ verdict }) => verdict));
  return [...verdicts].flatMap((verdict) => (verdict === 'ok' ? [] : [`${verdict}: ${ADVICE[verdict]}`]));
}

/** How a requested sync went. */
export function followedText(
  { result, failedWith = 'unknown' }: FollowedSync,
  waitedSeconds: number,
): string {
  switch (result) {
    case 'done':
      return 'The worker has compared it.';
    case 'not_taken':
      return `No worker took it in ${String(waitedSeconds)} s: is one running? The request stays, and the next worker carries it out.`;
    case 'failing':
      return `The worker could not do it (${failedWith}) and tries again by itself.`;
    case 'running':
      return 'A worker has it and has not ended it: it waits for Customer.io. The request stays.';
    default:
      return result satisfies never;
  }
}

/** A live comparison as `--json` prints it. */
export function verificationJson(verification: Verification): Record<string, unknown> {
  const { subject, expected, attribute, comparedAt, entry, people, verdict } = verification;
  const { version, appliedVersion, writtenAt = null, readAt = null } = entry;
  return {
    ...subject,
    verdict,
    attribute,
    expected,
    comparedAt,
    version,
    appliedVersion,
    writtenAt,
    readAt,
    people: people.map(({ cioId, phone, value, setAt, verdict: of, byOtherNumber }) => ({
      cioId,
      phone: phone ?? null,
      value: value ?? null,
      setAt: setAt === undefined ? null : setAt * 1_000,
      verdict: of,
      byOtherNumber,
    })),
  };
}
