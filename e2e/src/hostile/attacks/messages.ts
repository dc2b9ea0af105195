import { gzipSync } from 'node:zlib';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { ACCOUNT, FORGED_SIGNATURE, FORM, MARK, MB, STOP, chunked, forgedForm, rawRequest } from './requests';

const MESSAGES = WEBHOOK_PATHS.messages;

/** Bodies and parameters of the messages route. */
export const MESSAGE_ATTACKS: readonly Attack[] = [
  ['a body of 1 MB, announced', forgedForm(`Body=${MARK}${'x'.repeat(MB)}`), [413, 'body_too_large']],
  [
    'a body of 1 MB, not announced',
    rawRequest(
      `POST ${MESSAGES}`,
      [FORM, FORGED_SIGNATURE, 'transfer-encoding: chunked'],
      chunked(`Body=${MARK}${'x'.repeat(MB)}`),
      false,
    ),
    [413, 'body_too_large'],
  ],
  [
    'a body of 10 GB, announced and not sent',
    rawRequest(`POST ${MESSAGES}`, [FORM, FORGED_SIGNATURE], MARK, 'content-length: 10737418240'),
    [413, 'body_too_large'],
  ],
  [
    'a compressed body of 10 MB',
    forgedForm(gzipSync('x'.repeat(10 * MB)), MESSAGES, 'content-encoding: gzip'),
    [415, 'unsupported_media_type'],
  ],
  [
    'a form of 10,000 parameters',
    forgedForm(`${ACCOUNT}&${Array.from({ length: 10_000 }, (_, n) => n.toString(36)).join('&')}`),
    [413, 'too_many_parameters'],
  ],
  [
    'a URL of 10,000 parameters',
    rawRequest(`GET ${MESSAGES}?${ACCOUNT}&${'a&'.repeat(10_000)}`, [FORGED_SIGNATURE]),
    [413, 'too_many_parameters'],
  ],
  [
    'a URL of 70 kB',
    rawRequest(`GET ${MESSAGES}?${'a'.repeat(70_000)}`, [FORGED_SIGNATURE]),
    [413, 'body_too_large'],
  ],
  [
    'invalid UTF-8',
    forgedForm(Buffer.from(`Body=\xff\xfe\xc0\x80${MARK}`, 'latin1')),
    [400, 'malformed_body'],
  ],
  ['invalid UTF-8, escaped', forgedForm(`${ACCOUNT}&Body=%FF%C0%80${MARK}`), [403, 'bad_signature']],
  ['a NUL', forgedForm(`${ACCOUNT}&Body=\0%00${MARK}&a\0=1`), [403, 'bad_signature']],
  [
    'parameters named after prototypes',
    forgedForm(
      `${ACCOUNT}&__proto__=x&__proto__[polluted]=1&constructor=x&constructor[prototype][a]=1&prototype=x&toString=x`,
    ),
    [403, 'bad_signature'],
  ],
  ['an account named after a prototype', forgedForm('AccountSid=__proto__'), [403, 'unknown_account']],
  ['several accounts', forgedForm(`${ACCOUNT}&${ACCOUNT}&AccountSid=x`), [403, 'unknown_account']],
  [
    'line breaks in every field',
    forgedForm(STOP.replaceAll('=', '=%0D%0ASet-Cookie:+a%3Db')),
    [403, 'unknown_account'],
  ],
  [
    'a multipart body',
    rawRequest(`POST ${MESSAGES}`, ['content-type: multipart/form-data; boundary=x', FORGED_SIGNATURE], STOP),
    [415, 'unsupported_media_type'],
  ],
  ['an empty form', forgedForm(''), [403, 'unknown_account']],
];
