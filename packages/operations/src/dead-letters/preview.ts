import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import {
  decidingMessage,
  isWeakOptIn,
  orderTimes,
  type ConsentMessage,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import {
  UnreadableEntryError,
  type Ledger,
  type LedgerConsent,
  type LedgerEntry,
  type RecordedOutcome,
} from '@optout-sync/shared/ledger';

/** What a replay of an event would do by the present ledger. The ledger decides again when the replay runs. */
export type ReplayForecast =
  /** A raw payload of a job: it is parsed anew. */
  | { readonly kind: 'parsed_anew' }
  /** A raw payload of ingest cannot be replayed. */
  | { readonly kind: 'unparsable' }
  /** The account of the event is not configured, so the dead letter stays. */
  | { readonly kind: 'account_unknown' }
  /** The ledger has the message, with this outcome. */
  | { readonly kind: 'duplicate'; readonly outcome: RecordedOutcome }
  /** Neither STOP nor START, or a YES of somebody who is not stopped. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'stale'; readonly newer: LedgerConsent }
  /** The event would decide for its sender. */
  | { readonly kind: 'decides' };

/**
 * Returns a forecast for each event and raw payload, by the id of its dead letter; none where the ledger entry cannot be read.
 */
export async function previewReplay(
  deadLetters: readonly StoredDeadLetter[],
  deps: { readonly ledger: Pick<Ledger, 'readWhole'>; readonly workspaceOf: WorkspaceOf },
): Promise<Map<string, ReplayForecast>> {
  const forecasts = new Map<string, ReplayForecast>();
  for (const { id, deadLetter } of deadLetters) {
    const { undone } = deadLetter;
    if (undone.type === 'raw') {
      forecasts.set(id, { kind: deadLetter.stage === 'ingest' ? 'unparsable' : 'parsed_anew' });
    }
    if (undone.type !== 'event') continue;
    const { accountSid, sender, channel, phone } = undone.event;
    const workspace = deps.workspaceOf(accountSid, sender);
    if (workspace === undefined) {
      forecasts.set(id, { kind: 'account_unknown' });
      continue;
    }
    try {
      const entry = await deps.ledger.readWhole({ workspace, channel, phone });
      forecasts.set(id, forecast(undone.event, entry));
    } catch (error) {
      if (!(error instanceof UnreadableEntryError)) throw error;
    }
  }
  return forecasts;
}

function forecast(event: InboundEvent, entry: LedgerEntry | undefined): ReplayForecast {
  const { kind, messageSid, sender, source } = event;
  const known = entry?.history.find((one) => one.messageSid === messageSid && one.kind === kind);
  if (known) return { kind: 'duplicate', outcome: known.outcome };
  if (kind !== 'stop' && kind !== 'start') return { kind: 'ignored' };
  const state = stateOf(kind);
  const message = { state, ...orderTimes(event), source, messageSid, weak: isWeakOptIn(event) };
  const others = messagesTo(sender, entry).filter((one) => one.messageSid !== messageSid);
  if (decidingMessage([...others, message]) === message) return { kind: 'decides' };
  const present = entry?.senders.get(sender);
  return present && !message.weak ? { kind: 'stale', newer: present } : { kind: 'ignored' };
}

const stateOf = (kind: 'stop' | 'start'): ConsentMessage['state'] =>
  kind === 'stop' ? 'stopped' : 'started';

/** The STOP and START messages of a sender in the ledger. */
function messagesTo(sender: string, entry: LedgerEntry | undefined): ConsentMessage[] {
  return (entry?.history ?? []).flatMap(({ kind, ...event }) =>
    event.sender === sender && (kind === 'stop' || kind === 'start')
      ? [{ ...event, state: stateOf(kind) }]
      : [],
  );
}
