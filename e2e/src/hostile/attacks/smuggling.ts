import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { FORGED_SIGNATURE, FORM, rawRequest, signedStop } from './requests';

/** A request whose length can be read in two ways, then a signed STOP. */
const smuggled = (length: string, body: string): Buffer =>
  Buffer.concat([
    rawRequest(`POST ${WEBHOOK_PATHS.messages}`, [FORM, FORGED_SIGNATURE], body, length),
    signedStop(),
  ]);

const LENGTHS: readonly (readonly [name: string, length: string, body: string])[] = [
  ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n'],
  ['chunks and a length', 'transfer-encoding: chunked\r\ncontent-length: 5', '0\r\n\r\n'],
  ['chunks that are not the last encoding', 'transfer-encoding: chunked, identity', '0\r\n\r\n'],
  ['an unknown transfer encoding', 'transfer-encoding: xchunked', '0\r\n\r\n'],
  ['two different lengths', 'content-length: 0\r\ncontent-length: 5', ''],
  ['a list of lengths', 'content-length: 0, 0', ''],
  ['a length with a sign', 'content-length: +0', ''],
  ['a negative length', 'content-length: -1', ''],
  ['a length beyond 64 bits', 'content-length: 18446744073709551616', ''],
  ['a chunk with an invalid size', 'transfer-encoding: chunked', 'zz\r\n\r\n'],
  ['a chunk beyond 64 bits', 'transfer-encoding: chunked', `1${'0'.repeat(16)}\r\n`],
];

/** Requests with a valid one hidden behind them (request smuggling). */
export const SMUGGLING_ATTACKS: readonly Attack[] = [
  ...LENGTHS.map(([name, length, body]): Attack => [
    name,
    smuggled(length, body),
    [400, 'malformed_request'],
  ]),
  [
    'lines that end in a bare LF',
    Buffer.from(smuggled('content-length: 0', '').toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    [400, 'malformed_request'],
  ],
];
