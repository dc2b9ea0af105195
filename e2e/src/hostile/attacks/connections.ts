import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { ACCOUNT, FORGED_SIGNATURE, FORM, STOP, forgedForm } from './requests';

const OPEN_HEAD = `POST ${WEBHOOK_PATHS.messages} HTTP/1.1\r\nhost: optout.example.com\r\n${FORM}\r\n${FORGED_SIGNATURE}\r\n`;
const SLOW_BODY = `${OPEN_HEAD}content-length: 60000\r\n\r\n${ACCOUNT}&Body=`;

/** Requests that never end: the first bytes, the bytes that follow endlessly, and the only answer on the connection. */
export const ENDLESS: readonly (readonly [start: string, drip: string, status: number, contains: string])[] =
  [
    [`${OPEN_HEAD}x-a: `, 'a', 503, '"code":"request_too_slow"'],
    [SLOW_BODY, 'a', 503, '"code":"request_too_slow"'],
    // After an answer the slow request gets none: a client would read it as the answer to another request.
    [`GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n${SLOW_BODY}`, 'a', 200, '"status":"ok"'],
    [
      `${OPEN_HEAD}transfer-encoding: chunked\r\n\r\n11170\r\n${'x'.repeat(70_000)}\r\n`,
      '1\r\na\r\n',
      413,
      '"code":"body_too_large"',
    ],
  ];

/** `count` requests on one connection, sent without waiting for answers. */
export const pipelined = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, () =>
      Buffer.from(forgedForm(STOP).toString('latin1').replace('connection: close\r\n', ''), 'latin1'),
    ),
  );
