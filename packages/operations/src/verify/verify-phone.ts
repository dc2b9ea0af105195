import {
  LAG_MS,
  driftOf,
  heldPeople,
  isPresentNumberStopped,
  type AppApi,
  type HeldPerson,
} from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { isOptedOut, phoneSpellings, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';
import type { DriftKind, Findings } from '@optout-sync/shared/reconcile';
import { OperationError } from '../operation-error';

/**
 * How a person compares with the ledger:
 *
 * - `ok`: Customer.io holds what the ledger holds
 * - `pending`: it holds another value, and our write of the present version is to come, or may not be readable yet
 * - `opted_out_elsewhere`: is `true`, and no sender of the number is stopped; somebody else set it, and nobody opts them in
 * - `unreadable`: was written to, and Customer.io does not return an attribute with a dot in its name
 * - and the kinds of drift
 */
export type PersonVerdict = 'ok' | 'pending' | 'opted_out_elsewhere' | 'unreadable' | DriftKind;

export interface VerifiedPerson extends HeldPerson {
  readonly verdict: PersonVerdict;
  /** Whether they no longer have the number, and are opted out by the one that they have now. */
  readonly byOtherNumber: boolean;
}

/** A live comparison of one phone. Times in ms since 1970. */
export interface Verification {
  readonly subject: Subject;
  /** What the attribute has to be, by the ledger and the policy of the workspace. */
  readonly expected: boolean;
  /** The name of the attribute. */
  readonly attribute: string;
  /** By Redis' clock. */
  readonly comparedAt: number;
  readonly entry: LedgerEntry;
  /** Those who differ first. */
  readonly people: readonly VerifiedPerson[];
  /**
   * - `ok`: everyone agrees
   * - `differs`: somebody does not
   * - `pending`: a write is to come, or may not be readable yet; nobody differs beside that
   * - `no_profile`: nobody has the number, and nobody is opted out by it
   */
  readonly verdict: 'ok' | 'differs' | 'pending' | 'no_profile';
}

/**
 * Compares what Customer.io holds for a phone now with its ledger entry. Only reads.
 *
 * @throws {OperationError} `entry_not_found`
 * @throws {JobError} when Customer.io does not answer
 */
export async function verifyPhone(
  {
    ledger,
    findings,
  }: { readonly ledger: Pick<Ledger, 'readWhole' | 'now'>; readonly findings: Pick<Findings, 'read'> },
  api: Pick<AppApi, 'findPeople' | 'readPeople'>,
  workspace: WorkspaceConfig,
  subject: Subject,
): Promise<Verification> {
  const entry = await ledger.readWhole(subject);
  const expected = entry && isOptedOut([...entry.senders.values()], workspace.policy);
  if (!entry || expected === undefined) {
    const { channel, workspace: name } = subject;
    const what = entry ? 'neither STOP nor START' : 'no entry';
    const message = `the ledger has ${what} of this phone (${channel}, workspace ${name})`;
    throw new OperationError('entry_not_found', message, 'failed');
  }
  const orphans = (await findings.read(subject)).filter(({ kind }) => kind === 'orphaned');
  const known = [...entry.people, ...orphans.flatMap(({ people }) => people)];
  const held = await readHeld(api, workspace, subject, known);
  const comparedAt = await ledger.now();
  const attribute = workspace.attributes[subject.channel];
  const people = await Promise.all(
    held.map(async (person): Promise<VerifiedPerson> => {
      const byOtherNumber =
        isOrphan(person) && (await isPresentNumberStopped(ledger, subject, person.phone ?? '', workspace));
      const verdict = byOtherNumber ? 'ok' : verdictOf(person, { entry, expected, attribute, comparedAt });
      return { ...person, verdict, byOtherNumber };
    }),
  );
  return {
    subject,
    expected,
    attribute,
    comparedAt,
    entry,
    people: people.toSorted((a, b) => rankOf(a) - rankOf(b)),
    verdict: overall(people),
  };
}

async function readHeld(
  api: Pick<AppApi, 'findPeople' | 'readPeople'>,
  workspace: WorkspaceConfig,
  { phone, channel }: Subject,
  known: readonly string[],
): Promise<HeldPerson[]> {
  const { phoneAttribute, attributes } = workspace;
  const attribute = attributes[channel];
  const spellings = phoneSpellings(phone, workspace);
  const found = new Set(spellings.length === 0 ? [] : await api.findPeople(phoneAttribute, spellings));
  const people = await api.readPeople([...new Set([...found, ...known])], [phoneAttribute, attribute]);
  return heldPeople(found, people, { phone, phoneAttribute, phoneSettings: workspace, attribute }).filter(
    // Somebody who left the number and is not opted out has nothing to do with it.
    (person) => person.hasNumber || isOrphan(person),
  );
}

function isOrphan({ hasNumber, value }: HeldPerson): boolean {
  return !hasNumber && value === 'true';
}

interface Comparison {
  readonly entry: LedgerEntry;
  readonly expected: boolean;
  readonly attribute: string;
  readonly comparedAt: number;
}

/** The same rules as the worker's comparison, which however leaves out what is no drift. */
function verdictOf(person: HeldPerson, comparison: Comparison): PersonVerdict {
  const { entry, expected, attribute } = comparison;
  const drift = driftOf(person, { optedOut: expected, hasStoppedSender: hasStoppedSender(entry) });
  if (drift === 'orphaned') return drift;
  const isTrue = person.value === 'true';
  if (isTrue === expected) return 'ok';
  const isKnown = entry.people.includes(person.cioId);
  if (isAwaited(comparison, isKnown)) return 'pending';
  if (isTrue) return verdictOfTrue(person, entry, drift);
  return isKnown && attribute.includes('.') ? 'unreadable' : (drift ?? 'ok');
}

/** The verdict on an opt-out that is not expected: what somebody else set later, or to somebody else, stays. */
function verdictOfTrue(
  { cioId, setAt = 0 }: HeldPerson,
  { people, timestamp }: LedgerEntry,
  drift: DriftKind | undefined,
): PersonVerdict {
  const isOurs = people.includes(cioId) && setAt <= timestamp;
  return drift === 'looser_policy' && isOurs ? drift : 'opted_out_elsewhere';
}

function hasStoppedSender({ senders }: LedgerEntry): boolean {
  return [...senders.values()].some(({ state }) => state === 'stopped');
}

/** Whether our own write is to come, or may not be readable yet. */
function isAwaited({ entry, comparedAt }: Comparison, isKnown: boolean): boolean {
  const { version, appliedVersion, writtenAt = 0 } = entry;
  return version > appliedVersion || (isKnown && comparedAt - writtenAt < LAG_MS);
}

const AGREES: ReadonlySet<PersonVerdict> = new Set(['ok', 'opted_out_elsewhere', 'unreadable']);

function rankOf({ verdict }: VerifiedPerson): number {
  if (verdict === 'pending') return 1;
  return AGREES.has(verdict) ? 2 : 0;
}

function overall(people: readonly VerifiedPerson[]): Verification['verdict'] {
  if (people.some((person) => rankOf(person) === 0)) return 'differs';
  if (people.some(({ verdict }) => verdict === 'pending')) return 'pending';
  return people.some(({ hasNumber }) => hasNumber) ? 'ok' : 'no_profile';
}
