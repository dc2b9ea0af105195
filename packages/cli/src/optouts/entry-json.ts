import type { Subject } from '@optout-sync/shared/domain';
import type { Waiting } from '@optout-sync/operations';
import { messageReason, type LedgerEntry } from '@optout-sync/shared/ledger';

/** A ledger entry as `--json` prints it. `entry` is `null` when there is none. */
export function entryJson(
  subject: Subject,
  entry: LedgerEntry | undefined,
  {
    origins,
    waiting,
  }: { readonly origins: ReadonlyMap<string, string>; readonly waiting: Waiting | undefined },
): unknown {
  return {
    ...subject,
    origins: Object.fromEntries(origins),
    waiting: waiting ?? null,
    entry: entry
      ? {
          ...entry,
          senders: [...entry.senders].map(([sender, consent]) => ({ sender, ...consent })),
          history: entry.history.map((message) => ({ ...message, reason: messageReason(message) })),
        }
      : null,
  };
}
