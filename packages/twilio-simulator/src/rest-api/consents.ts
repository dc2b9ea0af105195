import { z } from 'zod';
import { invalidParameter } from './api-error';
import { jsonFields } from './fields';
import { created, type Operation } from './operation';

const MAX_ITEMS = 25;
const PER_MINUTE = 100;
/** "Failed to upsert consent": https://www.twilio.com/docs/api/errors/30646 */
const INVALID_CONSENT = 30646;

const E164 = /^\+[1-9]\d{6,14}$/;
/** A short code has 5 or 6 digits. */
const SENDER = /^(?:MG[0-9a-fA-F]{32}|\+[1-9]\d{6,14}|\d{5,6})$/;

/** The error messages are those of the documentation, one for each field. */
const Item = z.object({
  contact_id: z.string('INVALID_CONTACT_ID').regex(E164, 'INVALID_CONTACT_ID'),
  correlation_id: z.string('INVALID_CORRELATION_ID').regex(/^[0-9a-fA-F]{32}$/, 'INVALID_CORRELATION_ID'),
  sender_id: z.string('INVALID_SENDER_ID').regex(SENDER, 'INVALID_SENDER_ID'),
  status: z.enum(['opt-in', 'opt-out'], 'INVALID_STATUS'),
  source: z.enum(['website', 'offline', 'opt-in-message', 'opt-out-message', 'others'], 'INVALID_SOURCE'),
  date_of_consent: z.iso
    .datetime({ offset: true, error: 'INVALID_DATE_OF_CONSENT' })
    .refine((text) => Date.parse(text) <= Date.now(), 'INVALID_DATE_OF_CONSENT')
    .optional(),
});

/**
 * `POST /v1/Consents/Bulk` (https://www.twilio.com/docs/messaging/features/consent-api): items as JSON, 25 at most, each
 * with a result of its own; 100 requests a minute.
 */
export const CONSENT_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: /^\/v1\/Consents\/Bulk$/,
    perMinute: PER_MINUTE,
    run: ({ account, form }) => {
      const items = jsonFields(form, 'Items');
      if (items.length === 0) throw invalidParameter('Missing required parameter Items in the post body');
      if (items.length > MAX_ITEMS) {
        throw invalidParameter(`Items has ${String(items.length)} entries; at most ${String(MAX_ITEMS)}`);
      }
      const seen = new Set<unknown>();
      const results = items.map((item) => {
        const { correlation_id } = item;
        const parsed = Item.safeParse(item);
        const messages = parsed.error?.issues.map(({ message }) => message) ?? [];
        if (seen.has(correlation_id)) messages.push('INVALID_CORRELATION_ID');
        seen.add(correlation_id);
        if (account.refusedContacts.has(String(item.contact_id))) messages.push('INVALID_CONTACT_ID');
        if (account.failingConsents > 0) {
          account.failingConsents -= 1;
          messages.push('INTERNAL_SERVER_ERROR');
        }
        if (messages.length > 0 || !parsed.success) {
          return { correlation_id, error_code: INVALID_CONSENT, error_messages: [...new Set(messages)] };
        }
        account.consents.set(`${parsed.data.sender_id} ${parsed.data.contact_id}`, parsed.data);
        return { correlation_id, error_code: 0, error_messages: [] };
      });
      return created({ items: results });
    },
  },
];
