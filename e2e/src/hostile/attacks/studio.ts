import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { MARK, forgedJson } from './requests';

const forgedCall = (body: string, ...headers: string[]): Buffer =>
  forgedJson(body, WEBHOOK_PATHS.studio, ...headers);

/** Calls of the Studio route. */
export const STUDIO_ATTACKS: readonly Attack[] = [
  [
    'a Studio call with prototypes as keys and a wrong token',
    forgedCall('{"__proto__":{"from":"+14155550666"},"kind":"stop"}', 'authorization: Bearer wrong'),
    [401, 'bad_token'],
  ],
  [
    'a Studio call with a token of 60 kB',
    forgedCall('{}', `authorization: Bearer ${'x'.repeat(60_000)}`),
    [401, 'bad_token'],
  ],
  ['a Studio call nested deep', forgedCall('['.repeat(30_000) + ']'.repeat(30_000)), [403, 'bad_signature']],
  ['a Studio call with invalid JSON', forgedCall(`{"a":${MARK}`), [400, 'malformed_body']],
];
