import {
  OperationError,
  findSubjects,
  queuedDestinations,
  whyWaiting,
  type Waiting,
} from '@optout-sync/operations';
import { readConsentPolicies } from '@optout-sync/shared/config';
import { DestinationName, type Subject } from '@optout-sync/shared/domain';
import {
  UnreadableEntryError,
  progressOf,
  stateNow,
  type LedgerEntry,
  type StateNow,
} from '@optout-sync/shared/ledger';
import type { Finding } from '@optout-sync/shared/reconcile';
import type { SentAfterEntry } from '@optout-sync/shared/sent-after';
import type { ConsoleContext } from '../../context';
import type { ConsoleRequest } from '../../http/route';

/** What is stored of a phone on a channel in a workspace. */
export interface Person {
  readonly subject: Subject;
  /** Missing when there is none, or it cannot be read. */
  readonly known?: Known;
  /** Whether there is an entry that this release cannot read. */
  readonly unreadable: boolean;
  /** The other entries of the same number. */
  readonly others: readonly Subject[];
}

export interface Known {
  readonly entry: LedgerEntry;
  /** Missing when no sender has received STOP or START. */
  readonly now: StateNow | undefined;
  readonly waiting: Waiting | undefined;
  /** The optional destinations whose progress is stored. */
  readonly destinations: readonly {
    readonly name: DestinationName;
    readonly appliedVersion: number;
    /** Whether a job of the phone waits or runs. */
    readonly isQueued: boolean;
  }[];
  /** See `Ledger.origins`. */
  readonly origins: ReadonlyMap<string, string>;
  /** What the last comparison found and did not correct. */
  readonly findings: readonly Finding[];
  /** The messages that were sent to the phone after an opt-out. */
  readonly sentAfter: readonly SentAfterEntry[];
}

/** Returns whom the id in the path names. @throws {OperationError} `person_not_found` */
export function subjectIn({ context, params }: ConsoleRequest): Subject {
  const subject = context.people.subjectOf(params.id ?? '');
  if (subject) return subject;
  throw new OperationError('person_not_found', 'the address names nobody; search for the phone', 'failed');
}

export async function readPerson(context: ConsoleContext, subject: Subject): Promise<Person> {
  const { stores, routes } = context;
  const workspaces = [...new Set([...routes.workspaces.values(), subject.workspace])];
  const everywhere = { phones: [subject.phone], channel: undefined };
  const { found } = await findSubjects(stores, everywhere, workspaces);
  const others = found.filter(
    ({ workspace, channel }) => workspace !== subject.workspace || channel !== subject.channel,
  );
  try {
    const known = await readKnown(context, subject);
    return { subject, unreadable: false, others, ...(known && { known }) };
  } catch (error) {
    if (!(error instanceof UnreadableEntryError)) throw error;
    return { subject, unreadable: true, others };
  }
}

async function readKnown({ stores, env }: ConsoleContext, subject: Subject): Promise<Known | undefined> {
  const entry = await stores.ledger.readWhole(subject);
  if (!entry) return undefined;
  const policy = readConsentPolicies(env).find(({ name }) => name === subject.workspace)?.policy ?? 'any';
  const [waiting, queued, origins, findings, sentAfter] = await Promise.all([
    whyWaiting(stores, subject, entry),
    queuedDestinations(stores, subject),
    stores.ledger.origins(),
    stores.findings.read(subject),
    stores.sentAfter.ofPhone(subject),
  ]);
  const destinations = DestinationName.options
    .filter((name) => entry.destinations?.[name])
    .map((name) => ({
      name,
      appliedVersion: progressOf(entry, name).appliedVersion,
      isQueued: queued.has(name),
    }));
  return { entry, now: stateNow(entry, policy), waiting, destinations, origins, findings, sentAfter };
}
