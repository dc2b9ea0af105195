import { z } from 'zod';
import {
  MessageSid,
  toInboundEvent,
  type Classify,
  type EventKind,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import type { UnprocessableMessage } from '../../inbound/unprocessable';
import type { StudioCall } from '../../webhook/authenticate';
import { WebhookError } from '../../webhook/webhook-error';
import { derivedSid } from './derived-sid';

/**
 * The parameters of a call by their names here: Twilio's own spelling (`From`) is taken as well as ours (`from`). `null`
 * is what was not given. What is no object has none.
 */
export function studioParams(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const params = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (value !== null) params[name.charAt(0).toLowerCase() + name.slice(1)] = value;
  }
  return params;
}

/** The sender of a call that names none. */
const NO_SENDER = 'studio';

/** Studio sends '' for a variable that is not set. */
const optional = z
  .string()
  .max(255)
  .optional()
  .transform((value) => value?.trim() || undefined);

const Call = z
  .object({
    from: z.string().trim().min(1).max(255),
    to: optional,
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

/** What a call comes to; `said` is what the person meant. */
export type ParsedStudioCall =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword' }
  | (UnprocessableMessage & { readonly said: EventKind });

/** Reads a proven call that came at `now` (ms since 1970). Throws a Refusal for one that nothing can be made of. */
export function parseStudioCall(
  { params, accountSid }: StudioCall,
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
  const word = { accountSid, person: from, sender: messagingServiceSid || ours, kind: classification.kind };
  const understood = toInboundEvent({
    messageSid: call.messageSid ?? derivedSid(word, call.id, now),
    accountSid,
    classification,
    person: from,
    ours,
    messagingServiceSid,
    source: 'studio',
    occurredAt: now,
    receivedAt: now,
  });
  return understood.kind === 'unprocessable' ? { ...understood, said: classification.kind } : understood;
}
