import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { FORGED_SIGNATURE, FORM, MARK, STOP, forgedForm, rawRequest } from './requests';

const MESSAGES = WEBHOOK_PATHS.messages;
const withMethod = (method: string): Buffer =>
  rawRequest(`${method} ${MESSAGES}`, [FORM, FORGED_SIGNATURE], STOP);
const upgrade = (...headers: string[]): Buffer =>
  rawRequest(`GET ${MESSAGES}?${STOP}`, [FORGED_SIGNATURE, ...headers]);

/** Methods, upgrades, paths and other protocols. */
export const PROTOCOL_ATTACKS: readonly Attack[] = [
  ...['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].map((method): Attack => [
    `the method ${method}`,
    withMethod(method),
    method === 'HEAD' ? [405] : [405, 'method_not_allowed'],
  ]),
  ['an unknown method', withMethod('STOP'), [400, 'malformed_request']],
  ['CONNECT', rawRequest('CONNECT example.com:443', []), 'unanswered'],
  [
    'an upgrade to a web socket',
    upgrade(
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version: 13',
    ),
    [403, 'bad_signature'],
  ],
  [
    'an upgrade to HTTP/2',
    upgrade('upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'),
    [403, 'bad_signature'],
  ],
  ['HTTP/2 without an upgrade', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 'malformed_request']],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), [400, 'malformed_request']],
  ['text that is not HTTP', `${MARK}\r\n\r\n`, [400, 'malformed_request']],
  [
    'a URL with another host',
    forgedForm(STOP, `http://elsewhere.example.com${MESSAGES}`),
    [403, 'bad_signature'],
  ],
  ...['http://%@a/', '//%ff@a#', '//%ff@a/../u/x#', `http://%zz@a${MESSAGES}`].map((target): Attack => [
    `the target ${target}, which is no URL`,
    forgedForm(STOP, target),
    [404, 'not_found'],
  ]),
  ['a path that climbs', forgedForm(STOP, '/webhooks/twilio/../../etc/passwd'), [404, 'not_found']],
  ['a path with line breaks', forgedForm(STOP, `${MESSAGES}%0d%0aset-cookie:%20a=b`), [404, 'not_found']],
  ['a path with broken escapes', forgedForm(STOP, '/webhooks/twilio/%zz%'), [404, 'not_found']],
];
