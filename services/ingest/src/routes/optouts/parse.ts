import { reportedEvent, type InboundEvent } from '@optout-sync/shared/domain';
import type { IntakeClient } from '@optout-sync/shared/config';
import type { Pause } from '@optout-sync/shared/event-streams';
import { derivedSid } from '../../inbound/derived-sid';
import type { ItemError } from './item-errors';
import { parseItem, type ReportedConsent } from './item';

/** What a request reports, or everything that is wrong with it. */
export type ParsedOptOuts =
  | { readonly kind: 'events'; readonly events: readonly InboundEvent[] }
  | { readonly kind: 'invalid'; readonly errors: readonly ItemError[] };

/**
 * Parses the items that `client` reports at `now` (ms since 1970). With an error in any of them there are no events.
 *
 * @param pause called between two items: a thousand numbers take long to parse
 * @returns an event for each sender of each item, in their order
 */
export async function parseOptOuts(
  items: readonly unknown[],
  client: IntakeClient,
  now: number,
  pause: Pause = () => undefined,
): Promise<ParsedOptOuts> {
  const errors: ItemError[] = [];
  const events: InboundEvent[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = parseItem(item, client, now);
    if (parsed.kind === 'consent') events.push(...eventsOf(parsed.consent, client, now));
    else errors.push(...parsed.errors.map((error) => ({ index, ...error })));
    await pause();
  }
  return errors.length > 0 ? { kind: 'invalid', errors } : { kind: 'events', events };
}

function eventsOf(
  { id, phone, channel, kind, senders, at, why }: ReportedConsent,
  { name, accountSid }: IntakeClient,
  now: number,
): InboundEvent[] {
  return senders.map((sender) =>
    reportedEvent({
      messageSid: derivedSid(
        'intake',
        { accountSid, person: `${channel}:${phone}`, sender, kind },
        occurrence(name, id, at),
        now,
      ),
      accountSid,
      kind,
      channel,
      phone,
      sender,
      source: 'manual',
      reason: 'api',
      // The clock of the caller may be ahead: nothing is said later than it arrives.
      occurredAt: Math.min(at ?? now, now),
      receivedAt: now,
      by: `intake ${name}`,
      ...(why !== '' && { why }),
    }),
  );
}

/** What makes a repetition the same message for ever: the id of the caller, else the time that it says. */
function occurrence(client: string, id: string | undefined, at: number | undefined): string | undefined {
  if (id !== undefined) return JSON.stringify([client, 'id', id]);
  return at === undefined ? undefined : JSON.stringify([client, 'at', at]);
}
