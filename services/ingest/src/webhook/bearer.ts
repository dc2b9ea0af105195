import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal';
import type { WebhookRequest } from './request';

/** Whether a request comes with a bearer token, of ours or not (RFC 6750). */
export const hasBearerToken = ({ headers }: WebhookRequest): boolean =>
  /^bearer /i.test(headers.authorization ?? '');

/** Lets pass who knows one of our tokens. All are compared, each in constant time. */
export function checkBearerToken({ headers }: WebhookRequest, tokens: readonly string[]): void {
  const given = digest((headers.authorization ?? '').slice('bearer '.length).trim());
  const matches = tokens.filter((token) => timingSafeEqual(digest(token), given));
  if (matches.length === 0) throw new Refusal('bad_token');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
