import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { blockedCallback, signForm, twilioMessage } from '@optout-sync/twilio-simulator';
import { AUTH_TOKEN, PUBLIC_URL, phoneOf } from '../harness/services';

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

/*
 * A pool of complete HTTP requests, ready for a socket: making and signing a request costs more than sending it. File
 * format: the number of requests (4 bytes), the length of each (4 bytes each), then their bytes.
 */

export async function writePool(file: string, requests: readonly string[]): Promise<void> {
  const bodies = requests.map((request) => Buffer.from(request, 'utf8'));
  const head = Buffer.alloc(4 * (bodies.length + 1));
  head.writeUInt32LE(bodies.length);
  for (const [index, body] of bodies.entries()) head.writeUInt32LE(body.length, 4 * (index + 1));
  await writeFile(file, Buffer.concat([head, ...bodies]));
}

export async function readPool(file: string): Promise<Buffer[]> {
  const content = await readFile(file);
  const count = content.readUInt32LE(0);
  let at = 4 * (count + 1);
  return Array.from({ length: count }, (_, index) => {
    const length = content.readUInt32LE(4 * (index + 1));
    at += length;
    return content.subarray(at - length, at);
  });
}
