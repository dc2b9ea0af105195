import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { FORGED_SIGNATURE, FORM, MARK, STOP, forgedForm, rawRequest } from './requests';

/** A forged STOP with additional headers. */
const withHeaders = (...headers: string[]): Buffer => forgedForm(STOP, WEBHOOK_PATHS.messages, ...headers);

const withHeaderLines = (count: number): Buffer =>
  withHeaders(...Array.from({ length: count }, (_, n) => `a${String(n)}: b`));
/** Node 24 rejects a request with more than 1,000 headers by itself; Node 20 drops what is beyond 2,000. */
const limitsHeaders = Number.parseInt(process.versions.node) >= 24;

/** Headers, on any route. */
export const HEADER_ATTACKS: readonly Attack[] = [
  ['a header of 100 kB', withHeaders(`x-large: ${'x'.repeat(100_000)}`), [431, 'headers_too_large']],
  ['900 headers', withHeaderLines(900), [403, 'bad_signature']],
  [
    '5,000 headers',
    withHeaderLines(5_000),
    limitsHeaders ? [431, 'headers_too_large'] : [403, 'bad_signature'],
  ],
  ['two signatures', withHeaders(FORGED_SIGNATURE), [403, 'missing_signature']],
  [
    'a signature of 50 kB',
    rawRequest(`POST ${WEBHOOK_PATHS.messages}`, [FORM, `x-twilio-signature: ${'A'.repeat(50_000)}`], STOP),
    [403, 'missing_signature'],
  ],
  ['two hosts', withHeaders('host: elsewhere.example.com'), [403, 'bad_signature']],
  ['two content types', withHeaders('content-type: application/json'), [403, 'bad_signature']],
  ['a NUL in a header', withHeaders('x-a: \0'), [400, 'malformed_request']],
  ['a bare CR in a header', withHeaders(`x-a: b\rx-b: ${MARK}`), [400, 'malformed_request']],
  ['a header without a name', withHeaders(': x'), [400, 'malformed_request']],
  ['a blank before the colon of a header', withHeaders('x-a : b'), [400, 'malformed_request']],
  ['an unknown expectation', withHeaders('expect: the-moon'), [417]],
  [
    'headers that claim another host, protocol, address, URL and method',
    withHeaders(
      'x-forwarded-host: optout.example.com, elsewhere.example.com',
      'x-forwarded-proto: https',
      'x-forwarded-for: 127.0.0.1',
      'forwarded: for=127.0.0.1;host=optout.example.com;proto=https',
      `x-original-url: ${WEBHOOK_PATHS.messages}`,
      'x-http-method-override: GET',
    ),
    [403, 'bad_signature'],
  ],
];
