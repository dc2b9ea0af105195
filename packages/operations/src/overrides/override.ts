import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  Channel,
  E164,
  MessageSid,
  reportedEvent,
  type InboundEvent,
  type Reason,
} from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import { enqueueInbound, type Queues } from '@optout-sync/shared/queues';
import type { AuditTrail } from '../audit/audit-trail';
import { OperationError } from '../operation-error';

/** Why consent is set without a message, other than by an operator; see `Reason`. */
const OverrideReason = z.enum(['customerio', 'api']) satisfies z.ZodType<Reason>;
type OverrideReason = z.infer<typeof OverrideReason>;

/** Sets the consent of a phone with one sender by hand. */
export interface Override {
  /** Decides the workspace, as for a message. */
  readonly accountSid: string;
  readonly channel: Channel;
  readonly phone: E164;
  /** The Messaging Service or our own address, spelled as in the ledger. */
  readonly sender: string;
  readonly state: 'stopped' | 'started';
  /** Missing for an operator. */
  readonly reason?: OverrideReason | undefined;
  /** At most 200 characters. */
  readonly by: string;
  /** At most 1,000 characters. */
  readonly why: string;
}

const line = (max: number): z.ZodType<string> =>
  z
    .string()
    .trim()
    .min(1, 'may not be empty')
    .max(max, `may have at most ${String(max)} characters`);

const ValidOverride = z.object({
  accountSid: line(255),
  channel: Channel,
  phone: E164,
  sender: line(255),
  state: z.enum(['stopped', 'started']),
  reason: OverrideReason.optional(),
  by: line(200),
  why: line(1_000),
});

/**
 * Enqueues an opt-out or opt-in by hand, with an entry in the audit trail, and returns its event. The event is processed like
 * that of a message: the ledger stores who made it and why, and orders it by Redis' time at this moment: the clocks of
 * operators' machines may differ. A START or STOP that the person sends later decides over it, and so does a blocked send (error
 * 21610) that is reported later.
 *
 * @param once makes a repetition with the same text the same message, which the ledger knows: it changes nothing, also after a
 *   later message of the person
 * @throws {OperationError} `override_invalid` for an invalid field; the message names the field without its value
 */
export async function overrideConsent(
  {
    queues,
    audit,
    ledger,
  }: {
    readonly queues: Pick<Queues, 'inbound'>;
    readonly audit: Pick<AuditTrail, 'add'>;
    readonly ledger: Pick<Ledger, 'now'>;
  },
  override: Override,
  once?: string,
): Promise<InboundEvent> {
  const parsed = parse(override);
  const event = overrideEvent(parsed, await ledger.now(), overrideSid(once));
  const { messageSid, channel, phone, sender } = event;
  const { state, by, why } = override;
  // The audit trail first: nothing is done that it does not record.
  await audit.add({ action: 'override', by, why, details: { messageSid, channel, phone, sender, state } });
  await enqueueInbound(queues, event);
  return event;
}

function parse(override: Override): Override {
  const parsed = ValidOverride.safeParse(override);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new OperationError('override_invalid', issues.join('; '));
  }
  return parsed.data;
}

function overrideEvent({ state, ...rest }: Override, now: number, messageSid: MessageSid): InboundEvent {
  return reportedEvent({
    ...rest,
    messageSid,
    kind: state === 'stopped' ? 'stop' : 'start',
    source: 'manual',
    occurredAt: now,
    receivedAt: now,
  });
}

/** A sid in the form of a MessageSid, with a prefix that Twilio does not use. */
function overrideSid(once: string | undefined): MessageSid {
  const bytes = once === undefined ? randomBytes(16) : createHash('sha256').update(once).digest();
  return MessageSid.parse(`OV${bytes.subarray(0, 16).toString('hex')}`);
}
