import { inspect } from 'node:util';
import { createHttpClient, type HttpClient } from '@optout-sync/http-client';
import { freePort } from '@optout-sync/local-runtime/process';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { startForwardTarget, type ForwardTarget } from '../test-support/forward-target';
import { classifyAnswer, deliver } from './deliver';

describe('deliver', () => {
  let http: HttpClient;
  let target: ForwardTarget;
  beforeEach(async () => {
    http = createHttpClient();
    target = await startForwardTarget();
  });
  afterEach(async () => {
    http.close();
    await target.stop();
  });

  const request = (changes: Partial<ForwardRequest> = {}): ForwardRequest => ({
    version: 1,
    id: 'SM00000000000000000000000000000001',
    target: target.url,
    method: 'POST',
    query: '',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': 'EuPXT181CBOVLs0DFSwf2NqcR5s=',
      'user-agent': 'TwilioProxy/1.1',
      'x-many': ['a', 'b'],
      via: '1.1 optout-sync',
    },
    body: 'Body=It%27s+100%25+\u00e9\u{1f600}&a=2&a=1&empty=',
    ...changes,
  });
  const failing = async (changes: Partial<ForwardRequest> = {}): Promise<JobError> =>
    toJobError(
      await deliver(http, request(changes), 300).then(
        () => new Error('it was delivered'),
        (error: unknown) => error,
      ),
    );

  it('forwards the body byte for byte and the headers unchanged, with the host of the target', async () => {
    await deliver(http, request());
    const { method, url, headers, body } = target.received[0]!;
    expect([method, url]).toEqual(['POST', '/in']);
    expect(body).toEqual(Buffer.from(request().body));
    expect(headers).toEqual({
      ...request().headers,
      'x-many': 'a, b',
      host: new URL(target.url).host,
      'content-length': String(body.length),
      connection: 'keep-alive',
    });
  });

  it('adds no headers to a request', async () => {
    await deliver(http, request({ headers: { 'content-type': 'text/plain' } }));
    expect(Object.keys(target.received[0]!.headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  it.each([
    ['', '/in?Body=%2B1+a%26b&To='],
    ['?key=1', '/in?key=1&Body=%2B1+a%26b&To='],
  ])('forwards a GET by its query, after the query of the target: %p', async (own, url) => {
    await deliver(
      http,
      request({ target: target.url + own, method: 'GET', query: 'Body=%2B1+a%26b&To=', body: '' }),
    );
    expect(target.received[0]).toMatchObject({ method: 'GET', url });
    expect(target.received[0]!.body).toHaveLength(0);
  });

  it("sends the credentials of the target's URL", async () => {
    await deliver(http, request({ target: target.url.replace('//', '//user:word@') }));
    expect(target.received[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('user:word').toString('base64')}`,
    );
  });

  it('does not follow redirects', async () => {
    target.answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    expect(await failing()).toMatchObject({ kind: 'rejected', code: 'forward_redirected' });
    expect(target.received).toHaveLength(1);
  });

  it('fails when no answer comes before the deadline', async () => {
    target.answer = () => undefined;
    expect(await failing()).toMatchObject({ kind: 'transient', code: 'forward_timeout' });
  });

  it('fails when the target is unreachable, with an error that holds no secret', async () => {
    const failure = await failing({ target: `http://user:word@127.0.0.1:${String(await freePort())}/` });
    expect(failure).toMatchObject({ kind: 'transient', code: 'forward_unreachable' });
    expect(inspect(failure, { depth: 9 })).not.toMatch(/word|TwilioProxy|Body=/);
  });

  it('has delivered once the status arrives, however long the rest of the answer takes', async () => {
    target.answer = (response) => response.writeHead(200, { 'content-length': '1000000' }).write('<Response');
    await deliver(http, request(), 300);
    expect(target.received).toHaveLength(1);
  });
});

describe('classifyAnswer', () => {
  it.each([
    [200, undefined, undefined],
    [204, undefined, undefined],
    [302, 'rejected', 'forward_redirected'],
    [400, 'rejected', 'forward_refused'],
    [401, 'rejected', 'forward_refused'],
    [403, 'rejected', 'forward_refused'],
    [404, 'rejected', 'forward_refused'],
    [410, 'rejected', 'forward_refused'],
    [408, 'transient', 'forward_server_error'],
    [425, 'transient', 'forward_server_error'],
    [429, 'rate_limited', 'forward_rate_limited'],
    [500, 'transient', 'forward_server_error'],
    [503, 'transient', 'forward_server_error'],
  ])('classifies %i as %s %s', (status, kind, code) => {
    const failure = classifyAnswer({ status, headers: {} });
    expect(failure).toEqual(kind && expect.objectContaining({ kind, code, status }));
  });

  it('reads how long to wait', () => {
    expect(classifyAnswer({ status: 429, headers: { 'retry-after': '7' } })?.retryAfterMs).toBe(7_000);
    expect(classifyAnswer({ status: 503, headers: { 'retry-after': '7' } })?.retryAfterMs).toBe(7_000);
  });
});
