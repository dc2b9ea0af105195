import { z } from 'zod';
import {
  MessageSid,
  restorePlus,
  toInboundEvent,
  type Classify,
  type EventKind,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import { AMBIGUOUS, type UnprocessableMessage } from '@optout-sync/shared/dead-letters';
import { derivedSid } from '../../inbound/derived-sid';
import { WebhookError } from '../../webhook/webhook-error';
import type { StudioCall } from './authenticate';

/** The sender of a call that names none. */
const NO_SENDER = 'studio';

/** Studio sends '' for a variable that is not set. */
const optional = z
  .string()
  .max(255)
  .optional()
  .transform((value) => value?.trim() || undefined);

/** Trimmed only after its plus is restored, which a query that is not encoded turns into a space. */
const address = z
  .string()
  .max(255)
  .transform((text) => restorePlus(text).trim());

const Call = z
  .object({
    from: address.pipe(z.string().min(1)),
    to: address.optional().transform((text) => text || undefined),
    messagingServiceSid: optional,
    body: z.string().optional(),
    optOutType: optional,
    kind: optional.pipe(
      z
        .string()
        .toLowerCase()
        .pipe(z.enum(['stop', 'start', 'help']))
        .optional(),
    ),
    messageSid: optional.pipe(MessageSid.optional()),
    id: optional,
  })
  .refine(({ kind, body, optOutType }) => (kind ?? body ?? optOutType) !== undefined, { path: ['kind'] });

export type ParsedStudioCall =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword' }
  | (UnprocessableMessage & { readonly eventKind: EventKind });

/**
 * Parses a verified call that was received at `now` (ms since 1970).
 *
 * @throws {WebhookError} `invalid_parameters`
 */
export function parseStudioCall(
  { params, accountSid, isAmbiguous }: StudioCall,
  now: number,
  classify: Classify,
): ParsedStudioCall {
  const parsed = Call.safeParse(params);
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))].join(', ');
    throw new WebhookError('invalid_parameters', { wrong });
  }
  const { from, to = '', messagingServiceSid = '', body = '', optOutType, ...call } = parsed.data;
  const classification = call.kind ? { kind: call.kind } : classify({ optOutType, body, to });
  if (classification.kind === 'none') return { kind: 'not_a_keyword' };
  const ours = to || NO_SENDER;
  const { kind } = classification;
  if (isAmbiguous) return { ...AMBIGUOUS, eventKind: kind };
  const message = { accountSid, person: from, sender: messagingServiceSid || ours, kind };
  const result = toInboundEvent({
    messageSid: call.messageSid ?? derivedSid('studio', message, call.id, now),
    accountSid,
    classification,
    person: from,
    ours,
    messagingServiceSid,
    source: 'studio',
    occurredAt: now,
    receivedAt: now,
  });
  return result.kind === 'unprocessable' ? { ...result, eventKind: kind } : result;
}
