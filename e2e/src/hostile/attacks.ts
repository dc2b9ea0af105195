import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { AUTH_TOKEN, MESSAGES, PUBLIC_URL } from '@optout-sync/testkit/system';
import { TWILIO_ACCOUNT_SID, signForm, twilioMessage } from '@optout-sync/twilio-simulator';

/** Stands in everything that is sent, so that it can be looked for in the logs. */
export const MARK = 'hostile4711mark';
const FORGED_PHONE = '+14155550666';

/** What is sent over one connection, and how it ends: the status and code of the last answer, or no answer at all. */
export type Attack = readonly [
  name: string,
  bytes: string | Buffer,
  ends: readonly [status: number, code?: string] | 'unanswered',
];

const EVENTS = '/webhooks/twilio/events';
const STATUS = '/webhooks/twilio/status';
const STUDIO = '/webhooks/twilio/studio';
const FORM = 'content-type: application/x-www-form-urlencoded';
const JSON_TYPE = 'content-type: application/json';
const WELL_FORMED = `x-twilio-signature: ${'A'.repeat(27)}=`;
const MB = 1024 * 1024;

/** A request as it goes over the wire. */
function raw(
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
    // Closed on what it has not read, a connection is reset, and the answer may be lost with it.
    ...(body.length > 500_000 ? [] : ['connection: close']),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

const forged = (body: string | Buffer, path = MESSAGES, ...headers: string[]): Buffer =>
  raw(`POST ${path}`, [FORM, WELL_FORMED, ...headers], body);

/** With the right hash, as anybody can make it. */
const forgedJson = (body: string, path = EVENTS, ...headers: string[]): Buffer => {
  const hash = createHash('sha256').update(body).digest('hex');
  return raw(`POST ${path}?bodySHA256=${hash}`, [JSON_TYPE, WELL_FORMED, ...headers], body);
};

const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const encode = (params: Record<string, string>): string => new URLSearchParams(params).toString();
const ACCOUNT = `AccountSid=${TWILIO_ACCOUNT_SID}`;
const STOP = encode(twilioMessage({ From: FORGED_PHONE, Body: `STOP ${MARK}`, OptOutType: 'STOP' }));

/** Rightly signed, hidden in another request: whoever hands it on has been tricked. */
function smuggled(): Buffer {
  const params = twilioMessage({ From: FORGED_PHONE, Body: 'STOP', OptOutType: 'STOP' });
  const signature = signForm({ url: PUBLIC_URL + MESSAGES, params, authToken: AUTH_TOKEN });
  return raw(`POST ${MESSAGES}`, [FORM, `x-twilio-signature: ${signature}`], encode(params));
}
const smuggledAfter = (length: string, body: string): Buffer =>
  Buffer.concat([raw(`POST ${MESSAGES}`, [FORM, WELL_FORMED], body, length), smuggled()]);

const BODIES: Attack[] = [
  ['1 MB, announced', forged(`Body=${MARK}${'x'.repeat(MB)}`), [413, 'body_too_large']],
  [
    '1 MB, not announced',
    raw(
      `POST ${MESSAGES}`,
      [FORM, WELL_FORMED, 'transfer-encoding: chunked'],
      chunked(`Body=${MARK}${'x'.repeat(MB)}`),
      false,
    ),
    [413, 'body_too_large'],
  ],
  [
    '10 GB announced and not sent',
    raw(`POST ${MESSAGES}`, [FORM, WELL_FORMED], MARK, 'content-length: 10737418240'),
    [413, 'body_too_large'],
  ],
  [
    'a compressed 10 MB',
    forged(gzipSync('x'.repeat(10 * MB)), MESSAGES, 'content-encoding: gzip'),
    [415, 'unsupported_media_type'],
  ],
  [
    '10,000 parameters',
    forged(`${ACCOUNT}&${Array.from({ length: 10_000 }, (_, n) => n.toString(36)).join('&')}`),
    [413, 'too_many_parameters'],
  ],
  [
    '10,000 parameters in a URL',
    raw(`GET ${MESSAGES}?${ACCOUNT}&${'a&'.repeat(10_000)}`, [WELL_FORMED]),
    [413, 'too_many_parameters'],
  ],
  ['a URL of 70 kB', raw(`GET ${MESSAGES}?${'a'.repeat(70_000)}`, [WELL_FORMED]), [413, 'body_too_large']],
  [
    'what is no UTF-8',
    forged(Buffer.from(`Body=\xff\xfe\xc0\x80${MARK}`, 'latin1')),
    [400, 'malformed_body'],
  ],
  ['what is no UTF-8, escaped', forged(`${ACCOUNT}&Body=%FF%C0%80${MARK}`), [403, 'bad_signature']],
  ['a NUL', forged(`${ACCOUNT}&Body=\0%00${MARK}&a\0=1`), [403, 'bad_signature']],
  [
    'parameters named after prototypes',
    forged(
      `${ACCOUNT}&__proto__=x&__proto__[polluted]=1&constructor=x&constructor[prototype][a]=1&prototype=x&toString=x`,
    ),
    [403, 'bad_signature'],
  ],
  ['an account named after a prototype', forged('AccountSid=__proto__'), [403, 'unknown_account']],
  ['several accounts', forged(`${ACCOUNT}&${ACCOUNT}&AccountSid=x`), [403, 'unknown_account']],
  [
    'line breaks in every field',
    forged(STOP.replaceAll('=', '=%0D%0ASet-Cookie:+a%3Db')),
    [403, 'unknown_account'],
  ],
  [
    'a multipart body',
    raw(`POST ${MESSAGES}`, ['content-type: multipart/form-data; boundary=x', WELL_FORMED], STOP),
    [415, 'unsupported_media_type'],
  ],
  ['nothing but a signature', forged(''), [403, 'unknown_account']],
];

const JSON_BODIES: Attack[] = [
  ['JSON nested a million deep', forgedJson('['.repeat(MB)), [503, 'bad_signature']],
  ['JSON nested deep, whole', forgedJson('['.repeat(MB) + ']'.repeat(MB)), [503, 'bad_signature']],
  ['a JSON array of 5 million', forgedJson(`[${'{},'.repeat(5_000_000)}{}]`), [503, 'bad_signature']],
  [
    'JSON numbers without end',
    forgedJson(`[${'9'.repeat(MB)},1e999999999,-0.${'0'.repeat(MB)}1]`),
    [503, 'bad_signature'],
  ],
  ['JSON with a key 100,000 times', forgedJson(`{${'"a":1,'.repeat(100_000)}"a":2}`), [503, 'bad_signature']],
  [
    'JSON with prototypes as keys',
    forgedJson('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'),
    [503, 'bad_signature'],
  ],
  [
    'a batch without a signature',
    raw(`POST ${EVENTS}`, [JSON_TYPE], `[{"a":"${MARK}"}]`),
    [503, 'missing_signature'],
  ],
  [
    'a batch of 17 MB, announced',
    raw(`POST ${EVENTS}`, [JSON_TYPE, WELL_FORMED], MARK, `content-length: ${String(17 * MB)}`),
    [503, 'body_too_large'],
  ],
  [
    'a call with prototypes as keys and a wrong token',
    forgedJson('{"__proto__":{"from":"+14155550666"},"kind":"stop"}', STUDIO, 'authorization: Bearer wrong'),
    [401, 'bad_token'],
  ],
  [
    'a call with a token of 60 kB',
    forgedJson('{}', STUDIO, `authorization: Bearer ${'x'.repeat(60_000)}`),
    [401, 'bad_token'],
  ],
  ['a call nested deep', forgedJson('['.repeat(30_000) + ']'.repeat(30_000), STUDIO), [403, 'bad_signature']],
  ['a call that is no JSON', forgedJson(`{"a":${MARK}`, STUDIO), [400, 'malformed_body']],
  ['a forged blocked message', forged(`${STOP}&ErrorCode=21610`, STATUS), [403, 'bad_signature']],
  ['a callback of no concern', forged(`${STOP}&__proto__=x`, STATUS), [204]],
];

const HEADERS: Attack[] = [
  [
    'a header of 100 kB',
    forged(STOP, MESSAGES, `x-large: ${'x'.repeat(100_000)}`),
    [431, 'headers_too_large'],
  ],
  [
    '5,000 headers',
    forged(STOP, MESSAGES, ...Array.from({ length: 5_000 }, (_, n) => `a${String(n)}: b`)),
    [403, 'bad_signature'],
  ],
  ['two signatures', forged(STOP, MESSAGES, WELL_FORMED), [403, 'missing_signature']],
  [
    'a signature of 50 kB',
    raw(`POST ${MESSAGES}`, [FORM, `x-twilio-signature: ${'A'.repeat(50_000)}`], STOP),
    [403, 'missing_signature'],
  ],
  ['two hosts', forged(STOP, MESSAGES, 'host: elsewhere.example.com'), [403, 'bad_signature']],
  ['two content types', forged(STOP, MESSAGES, 'content-type: application/json'), [403, 'bad_signature']],
  ['a NUL in a header', forged(STOP, MESSAGES, 'x-a: \0'), [400, 'malformed_request']],
  ['a bare CR in a header', forged(STOP, MESSAGES, `x-a: b\rx-b: ${MARK}`), [400, 'malformed_request']],
  ['a header without a name', forged(STOP, MESSAGES, ': x'), [400, 'malformed_request']],
  ['a blank before the colon', forged(STOP, MESSAGES, 'x-a : b'), [400, 'malformed_request']],
  ['what it expects of us', forged(STOP, MESSAGES, 'expect: the-moon'), [417]],
  [
    'a host that it would like to be',
    forged(
      STOP,
      MESSAGES,
      'x-forwarded-host: optout.example.com, elsewhere.example.com',
      'x-forwarded-proto: https',
      'x-forwarded-for: 127.0.0.1',
      'forwarded: for=127.0.0.1;host=optout.example.com;proto=https',
      'x-original-url: /webhooks/twilio/messages',
      'x-http-method-override: GET',
    ),
    [403, 'bad_signature'],
  ],
];

const SMUGGLING: Attack[] = [
  [
    'a length and chunks',
    smuggledAfter('content-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n'),
    [400, 'malformed_request'],
  ],
  [
    'chunks and a length',
    smuggledAfter('transfer-encoding: chunked\r\ncontent-length: 5', '0\r\n\r\n'),
    [400, 'malformed_request'],
  ],
  [
    'chunks that are not the last encoding',
    smuggledAfter('transfer-encoding: chunked, identity', '0\r\n\r\n'),
    [400, 'malformed_request'],
  ],
  [
    'an encoding of its own',
    smuggledAfter('transfer-encoding: xchunked', '0\r\n\r\n'),
    [400, 'malformed_request'],
  ],
  [
    'two different lengths',
    smuggledAfter('content-length: 0\r\ncontent-length: 5', ''),
    [400, 'malformed_request'],
  ],
  ['a list of lengths', smuggledAfter('content-length: 0, 0', ''), [400, 'malformed_request']],
  ['a length with a sign', smuggledAfter('content-length: +0', ''), [400, 'malformed_request']],
  ['a negative length', smuggledAfter('content-length: -1', ''), [400, 'malformed_request']],
  [
    'a length beyond 64 bits',
    smuggledAfter('content-length: 18446744073709551616', ''),
    [400, 'malformed_request'],
  ],
  [
    'a chunk with a size that is none',
    smuggledAfter('transfer-encoding: chunked', 'zz\r\n\r\n'),
    [400, 'malformed_request'],
  ],
  [
    'a chunk beyond 64 bits',
    smuggledAfter('transfer-encoding: chunked', `1${'0'.repeat(16)}\r\n`),
    [400, 'malformed_request'],
  ],
  [
    'lines that end in a bare LF',
    Buffer.from(smuggledAfter('content-length: 0', '').toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    [400, 'malformed_request'],
  ],
];

const METHODS: Attack[] = [
  ...['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].map((method): Attack => [
    `the method ${method}`,
    raw(`${method} ${MESSAGES}`, [FORM, WELL_FORMED], STOP),
    method === 'HEAD' ? [405] : [405, 'method_not_allowed'],
  ]),
  ['a method there is not', raw(`STOP ${MESSAGES}`, [FORM, WELL_FORMED], STOP), [400, 'malformed_request']],
  ['CONNECT', raw('CONNECT example.com:443', []), 'unanswered'],
  [
    'an upgrade to a web socket',
    raw(`GET ${MESSAGES}?${STOP}`, [
      WELL_FORMED,
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version: 13',
    ]),
    [403, 'bad_signature'],
  ],
  [
    'an upgrade to HTTP/2',
    raw(`GET ${MESSAGES}?${STOP}`, [WELL_FORMED, 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__']),
    [403, 'bad_signature'],
  ],
  ['HTTP/2 straight away', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 'malformed_request']],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), [400, 'malformed_request']],
  ['no HTTP', `${MARK}\r\n\r\n`, [400, 'malformed_request']],
  [
    'a URL with a host of its own',
    forged(STOP, `http://elsewhere.example.com${MESSAGES}`),
    [403, 'bad_signature'],
  ],
  ['a path that climbs', forged(STOP, '/webhooks/twilio/../../etc/passwd'), [404, 'not_found']],
  ['a path with line breaks', forged(STOP, `${MESSAGES}%0d%0aset-cookie:%20a=b`), [404, 'not_found']],
  ['a path of broken escapes', forged(STOP, '/webhooks/twilio/%zz%'), [404, 'not_found']],
];

/** None of it is signed but what is smuggled. */
export const ATTACKS: readonly Attack[] = [...BODIES, ...JSON_BODIES, ...HEADERS, ...SMUGGLING, ...METHODS];

const WITHOUT_END = `POST ${MESSAGES} HTTP/1.1\r\nhost: optout.example.com\r\n${FORM}\r\n${WELL_FORMED}\r\n`;

const SLOW_BODY = `${WITHOUT_END}content-length: 60000\r\n\r\n${ACCOUNT}&Body=`;

/** Requests that never end: how one begins, what it goes on with for ever, and the only answer on its connection. */
export const ENDLESS: readonly (readonly [start: string, drip: string, status: number, says: string])[] = [
  [`${WITHOUT_END}x-a: `, 'a', 503, '"code":"request_too_slow"'],
  [SLOW_BODY, 'a', 503, '"code":"request_too_slow"'],
  // Behind an answer there is none to it: it would be taken for that of another request.
  [`GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n${SLOW_BODY}`, 'a', 200, '"status":"ok"'],
  [
    `${WITHOUT_END}transfer-encoding: chunked\r\n\r\n11170\r\n${'x'.repeat(70_000)}\r\n`,
    '1\r\na\r\n',
    413,
    '"code":"body_too_large"',
  ],
];

/** Requests one after the other on one connection, none waiting for the answer to the last. */
export const pipelined = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, () =>
      Buffer.from(forged(STOP).toString('latin1').replace('connection: close\r\n', ''), 'latin1'),
    ),
  );
