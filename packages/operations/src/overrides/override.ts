import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  Channel,
  E164,
  MessageSid,
  isMessagingServiceSid,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import { enqueueInbound, type Queues } from '@optout-sync/shared/queues';
import type { AuditTrail } from '../audit/audit-trail';

/** Whose consent with which sender is set by hand, by whom and why. */
export interface Override {
  /** Decides the workspace, as for a message. */
  readonly accountSid: string;
  readonly channel: Channel;
  readonly phone: E164;
  /** The Messaging Service or our own address, spelled as in the ledger. */
  readonly sender: string;
  readonly state: 'stopped' | 'started';
  /** At most 200 and 1,000 characters. */
  readonly by: string;
  readonly why: string;
  /** In ms since 1970. */
  readonly now: number;
}

/** What was asked for is no override: its message says what is wrong, without values. */
export class OverrideError extends Error {
  readonly code = 'override_invalid';

  constructor(message: string) {
    super(message);
    this.name = 'OverrideError';
  }
}

const line = (max: number): z.ZodType<string> =>
  z
    .string()
    .trim()
    .min(1, 'may not be empty')
    .max(max, `may have ${String(max)} characters at most`);

const Given = z.object({
  accountSid: line(255),
  channel: Channel,
  phone: E164,
  sender: line(255),
  state: z.enum(['stopped', 'started']),
  by: line(200),
  why: line(1_000),
  now: z.number().int().nonnegative(),
});

/**
 * Enqueues an opt-out or opt-in by hand, with an entry in the audit trail, and returns its event. It takes the way of any message: the ledger keeps who
 * and why, and orders it by `now`; a START or STOP of the person's that comes after it wins, and so does a blocked send
 * (21610) reported after it. Throws an OverrideError, or what Redis throws.
 */
export async function overrideConsent(
  { queues, audit }: { readonly queues: Pick<Queues, 'shardOf'>; readonly audit: Pick<AuditTrail, 'add'> },
  override: Override,
): Promise<InboundEvent> {
  const event = eventOf(override);
  const { messageSid, channel, phone, sender } = event;
  const { state, by, why } = override;
  // First: nothing is done that the trail does not know of.
  await audit.add({ action: 'override', by, why, details: { messageSid, channel, phone, sender, state } });
  await enqueueInbound(queues, event);
  return event;
}

function eventOf(override: Override): InboundEvent {
  const parsed = Given.safeParse(override);
  if (!parsed.success) {
    throw new OverrideError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  }
  const { state, now, sender, ...rest } = parsed.data;
  return {
    ...rest,
    version: 1,
    messageSid: overrideSid(),
    kind: state === 'stopped' ? 'stop' : 'start',
    sender,
    ...(isMessagingServiceSid(sender) && { messagingServiceSid: sender }),
    source: 'manual',
    occurredAt: now,
    receivedAt: now,
  };
}

/** In the form of a MessageSid, with a prefix that Twilio does not use. */
function overrideSid(): MessageSid {
  return MessageSid.parse(`OV${randomBytes(16).toString('hex')}`);
}
