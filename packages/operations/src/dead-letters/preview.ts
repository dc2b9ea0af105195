import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { supersedes, type InboundEvent } from '@optout-sync/shared/domain';
import type { Ledger, LedgerConsent, LedgerEntry } from '@optout-sync/shared/ledger';

/** `START of 2026-02-25T09:59:58.000Z` */
export function wordText({ state, occurredAt }: Pick<LedgerConsent, 'state' | 'occurredAt'>): string {
  return `${state === 'stopped' ? 'STOP' : 'START'} of ${new Date(occurredAt).toISOString()}`;
}

/** What a replay of each letter would come to, by the ledger as it is now. */
export async function previewReplay(
  letters: readonly StoredDeadLetter[],
  deps: { readonly ledger: Ledger; readonly workspaceOf: WorkspaceOf },
): Promise<Map<string, string>> {
  const forecasts = new Map<string, string>();
  for (const { id, letter } of letters) {
    const { undone } = letter;
    if (undone.type === 'raw') forecasts.set(id, 'nothing: it was not understood');
    if (undone.type !== 'event') continue;
    const { accountSid, channel, phone } = undone.event;
    const workspace = deps.workspaceOf(accountSid);
    if (workspace === undefined) forecasts.set(id, 'waits: its account is not configured');
    else forecasts.set(id, forecastOf(undone.event, await deps.ledger.read({ workspace, channel, phone })));
  }
  return forecasts;
}

/** What the ledger would make of an event; it decides anew when the time comes. */
function forecastOf(event: InboundEvent, entry: LedgerEntry | undefined): string {
  const { kind, messageSid, sender, occurredAt, orderAt = occurredAt, source } = event;
  const known = entry?.history.find((one) => one.messageSid === messageSid && one.kind === kind);
  if (known) return `duplicate: the message is known, ${known.outcome}`;
  if (kind !== 'stop' && kind !== 'start') return 'ignored';
  const present = entry?.senders.get(sender);
  const state = kind === 'stop' ? 'stopped' : 'started';
  if (present && !supersedes({ state, orderAt, occurredAt, source, messageSid }, present)) {
    return `stale: ${wordText(present)} is newer`;
  }
  return 'has the last word';
}
