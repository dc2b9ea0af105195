import { createHash } from 'node:crypto';
import { MessageSid, reportedEvent, type InboundEvent } from '@optout-sync/shared/domain';
import type { ImportedOptOut } from './parse-row';

/**
 * The event of an imported opt-out. Its id depends on what the row says alone, so a row that is imported again changes nothing.
 *
 * @param now the time that a row without a date counts as, in ms since 1970
 */
export function importEvent(
  { phone, channel, sender, at }: ImportedOptOut,
  accountSid: string,
  now: number,
): InboundEvent {
  const said = [accountSid, channel, phone, sender, at ?? 'undated'].join('\n');
  const digest = createHash('sha256').update(said).digest('hex').slice(0, 32);
  return reportedEvent({
    messageSid: MessageSid.parse(`IO${digest}`),
    accountSid,
    kind: 'stop',
    channel,
    phone,
    sender,
    source: 'import',
    occurredAt: at ?? now,
    receivedAt: now,
  });
}
