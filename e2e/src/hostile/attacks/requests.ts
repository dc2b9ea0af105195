import { createHash } from 'node:crypto';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { AUTH_TOKEN, PUBLIC_URL } from '@optout-sync/testkit/system';
import { TWILIO_ACCOUNT_SID, signForm, twilioMessage } from '@optout-sync/twilio-simulator';

/** Is part of every attack that carries text, so that the logs can be searched for it. */
export const MARK = 'hostile4711mark';
const FORGED_PHONE = '+14155550666';
/** Ingest does not read larger requests to their end. */
export const LARGE_BYTES = 500_000;

export const MB = 1024 * 1024;
export const FORM = 'content-type: application/x-www-form-urlencoded';
export const JSON_TYPE = 'content-type: application/json';
/** A signature of the right form that is not valid. */
export const FORGED_SIGNATURE = `x-twilio-signature: ${'A'.repeat(27)}=`;
export const ACCOUNT = `AccountSid=${TWILIO_ACCOUNT_SID}`;

const encode = (params: Record<string, string>): string => new URLSearchParams(params).toString();

/** The form of a STOP. */
export const STOP = encode(twilioMessage({ From: FORGED_PHONE, Body: `STOP ${MARK}`, OptOutType: 'STOP' }));

/**
 * A request in the form in which it is sent.
 *
 * @param length the header that announces the length of the body; `false` for none
 */
export function rawRequest(
  line: string,
  headers: readonly string[],
  body: string | Buffer = '',
  length: string | false = `content-length: ${String(Buffer.byteLength(body))}`,
): Buffer {
  const head = [
    `${line} HTTP/1.1`,
    'host: optout.example.com',
    ...headers,
    ...(length === false ? [] : [length]),
    // A connection that is closed with unread bytes is reset, and the answer may be lost: a large request leaves it open.
    ...(body.length > LARGE_BYTES ? [] : ['connection: close']),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

/** A form with a forged signature. */
export const forgedForm = (
  body: string | Buffer,
  path: string = WEBHOOK_PATHS.messages,
  ...headers: string[]
): Buffer => rawRequest(`POST ${path}`, [FORM, FORGED_SIGNATURE, ...headers], body);

/** JSON with a forged signature. The hash in the URL is right: anyone can compute it. */
export function forgedJson(body: string, path: string, ...headers: string[]): Buffer {
  const hash = createHash('sha256').update(body).digest('hex');
  return rawRequest(`POST ${path}?bodySHA256=${hash}`, [JSON_TYPE, FORGED_SIGNATURE, ...headers], body);
}

/** A body as a single chunk. */
export const chunked = (body: string): string =>
  `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** A STOP with a valid signature: a server that reads it from inside another request has been tricked. */
export function signedStop(): Buffer {
  const params = twilioMessage({ From: FORGED_PHONE, Body: 'STOP', OptOutType: 'STOP' });
  const url = PUBLIC_URL + WEBHOOK_PATHS.messages;
  const signature = signForm({ url, params, authToken: AUTH_TOKEN });
  const headers = [FORM, `x-twilio-signature: ${signature}`];
  return rawRequest(`POST ${WEBHOOK_PATHS.messages}`, headers, encode(params));
}
