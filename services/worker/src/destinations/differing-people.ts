import { driftOf, type HeldPerson } from '@optout-sync/customerio';
import type { Drift, DriftKind } from '@optout-sync/shared/reconcile';
import { stoppedSenders, type Consent } from './destination';

/** A person, and how they differ. */
export type Differing = readonly [person: HeldPerson, kind: DriftKind];

interface Reading {
  /** The name of the attribute. */
  readonly attribute: string;
  /** Redis' time, in ms since 1970. */
  readonly now: number;
  /** How long after our own write a value that is read may be older, in ms. */
  readonly lagMs: number;
  /** The cio_ids of people whom an earlier comparison found orphaned. */
  readonly orphans: readonly string[];
  /** Whether a number, as Customer.io stores it, is opted out by an entry of its own. */
  readonly isStopped: (stored: string) => Promise<boolean>;
}

/**
 * Returns who differs from a consent that was applied, and whether somebody may differ only because Customer.io lags behind
 * our own write.
 */
export async function differingPeople(
  held: readonly HeldPerson[],
  consent: Consent,
  reading: Reading,
): Promise<{ differing: Differing[]; isSettling: boolean }> {
  const { entry, optedOut } = consent;
  const number = { optedOut, hasStoppedSender: stoppedSenders(entry).length > 0 };
  const differing: Differing[] = [];
  let isSettling = false;
  for (const person of held) {
    const kind = driftOf(person, number);
    if (kind === undefined || !(await isOurs(person, kind, consent, reading))) continue;
    if (kind !== 'orphaned' && mayLag(person, consent, reading)) isSettling = true;
    else differing.push([person, kind]);
  }
  return { differing, isSettling };
}

/** Groups people by how they differ, as cio_ids. */
export function byKind(differing: readonly Differing[]): Drift {
  const drift: Partial<Record<DriftKind, string[]>> = {};
  for (const [{ cioId }, kind] of differing) (drift[kind] ??= []).push(cioId);
  return drift;
}

/** Whether a difference concerns this entry, and can be seen at all. */
async function isOurs(
  { cioId, phone = '', setAt = 0 }: HeldPerson,
  kind: DriftKind,
  { entry }: Consent,
  { attribute, orphans, isStopped }: Reading,
): Promise<boolean> {
  const isKnown = entry.people.includes(cioId);
  switch (kind) {
    case 'missing':
      // A name in dot notation may not be read back. Somebody it was written to is not written to with every comparison.
      return !(isKnown && attribute.includes('.'));
    case 'reverted':
      return true;
    case 'orphaned':
      return (isKnown || orphans.includes(cioId)) && !(await isStopped(phone));
    case 'looser_policy': {
      // A later value is not ours. The search may still find somebody by a number that they no longer have.
      const isOurValue = isKnown && setAt <= entry.timestamp;
      return isOurValue && !(await isStopped(phone));
    }
    default:
      return kind satisfies never;
  }
}

function mayLag({ cioId }: HeldPerson, { entry }: Consent, { now, lagMs }: Reading): boolean {
  return now - (entry.writtenAt ?? 0) < lagMs && entry.people.includes(cioId);
}
