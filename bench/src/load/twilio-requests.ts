import { randomUUID } from 'node:crypto';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { blockedCallback, signForm, twilioMessage } from '@optout-sync/twilio-simulator';

/** Known to the load and to the servers. */
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
export const PUBLIC_URL = 'https://optout.example.com';

/** The signature of a request: valid, of the right form but with another key, or not of that form. */
export type Signing = 'valid' | 'forged' | 'malformed';

/** The webhook request of a STOP from the `index`-th person, with a unique MessageSid. */
export function stopRequest(index: number, signing: Signing = 'valid'): string {
  const params = twilioMessage({
    Body: 'STOP',
    OptOutType: 'STOP',
    From: phoneOf(index),
  });
  return post(WEBHOOK_PATHS.messages, params, signing);
}

/** The status callback of a delivered message, the most frequent kind. */
export function deliveredRequest(index: number): string {
  const params = blockedCallback({
    SmsStatus: 'delivered',
    MessageStatus: 'delivered',
    To: phoneOf(index),
    ErrorCode: undefined,
    RawDlrDoneDate: '2611211823',
  });
  return post(WEBHOOK_PATHS.status, params, 'valid');
}

/** A US number for each index up to 8 million. */
export const phoneOf = (index: number): string => `+1415${String(2_000_000 + index).padStart(7, '0')}`;

function post(path: string, params: Record<string, string>, signing: Signing): string {
  const body = new URLSearchParams(params).toString();
  return [
    `POST ${path} HTTP/1.1`,
    'host: optout.example.com',
    'content-type: application/x-www-form-urlencoded; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'user-agent: TwilioProxy/1.1',
    'accept: */*',
    `i-twilio-idempotency-token: ${randomUUID()}`,
    'x-home-region: us1',
    `x-twilio-signature: ${signature(path, params, signing)}`,
    '',
    body,
  ].join('\r\n');
}

function signature(path: string, params: Record<string, string>, signing: Signing): string {
  switch (signing) {
    case 'valid':
      return signForm({ url: PUBLIC_URL + path, params, authToken: AUTH_TOKEN });
    case 'forged':
      return signForm({ url: PUBLIC_URL + path, params, authToken: 'somebody else' });
    case 'malformed':
      return 'not a signature';
    default:
      return signing satisfies never;
  }
}
