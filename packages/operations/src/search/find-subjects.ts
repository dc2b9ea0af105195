import { Channel, type Subject } from '@optout-sync/shared/domain';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import type { Stores } from '../stores';
import type { WrittenPhone } from './written-phone';

/** Whom the ledger has of the phones of a search. */
export interface FoundSubjects {
  readonly found: readonly Subject[];
  /** Whom it does not have: of each phone and workspace, on the channel that was given, else SMS. */
  readonly missing: readonly Subject[];
}

/**
 * Looks phones up in all workspaces, on all channels unless one is given. An exact look-up: the size of the ledger does not matter.
 *
 * @param workspaces the stored names
 */
export async function findSubjects(
  { ledger }: Pick<Stores, 'ledger'>,
  { phones, channel }: WrittenPhone,
  workspaces: readonly string[],
): Promise<FoundSubjects> {
  const channels = channel === undefined ? Channel.options : [channel];
  const pairs = phones.flatMap((phone) => workspaces.map((workspace) => ({ phone, workspace })));
  const subjects = pairs.flatMap((pair) => channels.map((one): Subject => ({ ...pair, channel: one })));
  const isThere = await Promise.all(subjects.map((subject) => hasEntry(ledger, subject)));
  const found = subjects.filter((_, n) => isThere[n]);
  const isKnown = (pair: (typeof pairs)[number]): boolean =>
    found.some(({ phone, workspace }) => phone === pair.phone && workspace === pair.workspace);
  const missing = pairs.filter((pair) => !isKnown(pair));
  return { found, missing: missing.map((pair) => ({ ...pair, channel: channel ?? 'sms' })) };
}

/** An entry that cannot be read is one too. */
async function hasEntry(ledger: Stores['ledger'], subject: Subject): Promise<boolean> {
  try {
    return (await ledger.readWhole(subject)) !== undefined;
  } catch (error) {
    if (error instanceof UnreadableEntryError) return true;
    throw error;
  }
}
