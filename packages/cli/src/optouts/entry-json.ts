import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';

/** A ledger entry as `--json` prints it. `entry` is `null` when there is none. */
export function entryJson(
  subject: Subject,
  entry: LedgerEntry | undefined,
  origins: ReadonlyMap<string, string> = new Map(),
): unknown {
  return {
    ...subject,
    origins: Object.fromEntries(origins),
    entry: entry
      ? { ...entry, senders: [...entry.senders].map(([sender, consent]) => ({ sender, ...consent })) }
      : null,
  };
}
