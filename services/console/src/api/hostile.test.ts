import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startApi, type RunningApi } from './test-support/running-api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const lookUp = (options: Parameters<RunningApi['ask']>[2]) => api.ask('post', '/lookups', options);

describe('a hostile body', () => {
  it.each([
    ['1 MB', { raw: JSON.stringify({ phones: ['x'.repeat(1_000_000)] }) }, 413, 'body_too_large'],
    ['deep JSON', { raw: `${'['.repeat(40_000)}${']'.repeat(40_000)}` }, 400, 'request_invalid'],
    ['deep objects', { raw: `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}` }, 400, 'request_invalid'],
    ['broken JSON', { raw: '{"phones":[' }, 400, 'json_invalid'],
    ['a JSON value that is no object', { raw: 'null' }, 400, 'json_invalid'],
    ['an array', { body: ['+14155550101'] }, 400, 'request_invalid'],
    ['an unknown field', { body: { phones: ['+14155550101'], extra: 1 } }, 400, 'request_invalid'],
    ['a prototype', { raw: '{"phones":["+14155550101"],"__proto__":{"x":1}}' }, 400, 'request_invalid'],
    ['numbers for phones', { body: { phones: [14155550101] } }, 400, 'request_invalid'],
    ['a phone of 100 characters', { body: { phones: ['1'.repeat(100)] } }, 400, 'request_invalid'],
    ['no body', {}, 415, 'content_type_unsupported'],
    [
      'a form',
      { raw: 'phones=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'content_type_unsupported',
    ],
    [
      'text',
      { raw: '{"phones":[]}', headers: { 'content-type': 'text/plain' } },
      415,
      'content_type_unsupported',
    ],
    [
      'another charset',
      { raw: '{}', headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      'content_type_unsupported',
    ],
    [
      'a small one that inflates to a large one',
      {
        raw: gzipSync(Buffer.alloc(10_000_000, ' ')),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      },
      415,
      'content_type_unsupported',
    ],
  ])('of %s is refused', async (_, options, status, code) => {
    const answer = await lookUp(options);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('names 20 invalid fields at most, and no value', async () => {
    const { body, text } = await lookUp({
      body: { phones: Array.from({ length: 500 }, (_, n) => n + 987_000) },
    });
    expect((body as { errors: unknown[] }).errors).toHaveLength(20);
    expect((body as { errors: unknown[] }).errors[1]).toMatchObject({ field: 'body.phones.1' });
    expect(text).not.toContain('987');
  });
});

describe('a hostile path', () => {
  it.each([
    ['a broken escape', '/optouts/%zz', 400, 'request_invalid'],
    ['a NUL', '/optouts/%00', 400, 'phone_invalid'],
    ['a path within a phone', '/optouts/..%2f..%2fstatus', 400, 'phone_invalid'],
    ['a glob', '/optouts/*', 400, 'phone_invalid'],
    ['a long phone', `/optouts/${'1'.repeat(5_000)}`, 400, 'request_invalid'],
    ['markup', '/nothing/%3Cscript%3E', 404, 'not_found'],
    ['a line break in an id', '/runs/a%0d%0ab', 404, 'run_not_found'],
    ['a long query', `/optouts/+14155550101?x=${'y'.repeat(8_000)}`, 400, 'request_invalid'],
  ])('with %s is refused', async (_, path, status, code) => {
    const answer = await api.ask('get', path);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
    expect(answer.text).not.toContain('<script>');
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'with the method %s says which there are',
    async (method) => {
      const { status, body, headers } = await api.ask(method, '/optouts/+14155550101');
      expect([status, body]).toMatchObject([405, { code: 'method_not_allowed' }]);
      expect(headers.get('allow')).toBe('GET, HEAD');
    },
  );
});

describe('the API', () => {
  it('logs no phone, no token and no body', async () => {
    const phone = '+14155550177';
    await api.ask('get', `/optouts/${phone}`);
    await lookUp({ body: { phones: [phone] } });
    await api.ask('post', '/optouts', { body: { phone, sender: '+15005550006', why: 'words of a caller' } });
    await api.ask('get', `/optouts/${phone}/history`);
    const text = JSON.stringify(api.logged);
    expect(text).toContain('post /optouts');
    for (const part of ['4155550177', 'oss_', 'words of a caller']) expect(text).not.toContain(part);
  });

  it('says nothing of an unexpected error to the caller, and logs it', async () => {
    const { redis, prefix } = api.stores;
    await redis.set(`${prefix}:ledger:{default:sms:+14155550188}`, 'not a hash');
    const { status, body, text } = await api.ask('get', '/optouts/+14155550188');
    expect([status, body]).toMatchObject([500, { code: 'internal_error' }]);
    expect(text).not.toContain('WRONGTYPE');
    expect(JSON.stringify(api.logged)).toContain('internal_error');
  });

  it('says that Redis does not answer, and no state, while Redis is away', async () => {
    const other = await startApi();
    const redis = other.stores.redis;
    redis.disconnect();
    for (const [method, path, body] of [
      ['get', '/optouts/+14155550101', undefined],
      ['post', '/lookups', { phones: ['+14155550101'] }],
    ] as const) {
      const { status, body: problem } = await other.ask(method, path, { body });
      expect([status, problem]).toMatchObject([503, { code: 'redis_unavailable' }]);
    }
    await redis.connect();
    expect((await other.ask('get', '/optouts/+14155550101')).status).toBe(200);
    await other.close();
  });

  it('answers a client that sends nothing but half a request, without harm to others', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /api/v1/lookups HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    expect((await api.ask('get', '/optouts/+14155550101')).status).toBe(200);
    socket.destroy();
  });
});
