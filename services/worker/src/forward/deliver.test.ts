import { inspect } from 'node:util';
import { createHttpClient, type HttpClient } from '@optout-sync/http-client';
import { freePort } from '@optout-sync/local-runtime/process';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { startForwardTarget, type ForwardTarget } from '../test-support/forward-target';
import { deliver } from './deliver';

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
        () => new Error('it worked'),
        (error: unknown) => error,
      ),
    );

  it('passes the body on byte for byte, and the headers as they are, with the host of the target', async () => {
    await deliver(http, request());
    const { method, url, headers, body } = target.passed[0]!;
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

  it('adds nothing to a request that has nothing', async () => {
    await deliver(http, request({ headers: { 'content-type': 'text/plain' } }));
    expect(Object.keys(target.passed[0]!.headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  it.each([
    ['', '/in?Body=%2B1+a%26b&To='],
    ['?key=1', '/in?key=1&Body=%2B1+a%26b&To='],
  ])('passes a GET on by its query, after that of the target: %p', async (own, url) => {
    await deliver(
      http,
      request({ target: target.url + own, method: 'GET', query: 'Body=%2B1+a%26b&To=', body: '' }),
    );
    expect(target.passed[0]).toMatchObject({ method: 'GET', url });
    expect(target.passed[0]!.body).toHaveLength(0);
  });

  it("shows a target's own password", async () => {
    await deliver(http, request({ target: target.url.replace('//', '//user:word@') }));
    expect(target.passed[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('user:word').toString('base64')}`,
    );
  });

  it('follows no redirect', async () => {
    target.answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    expect(await failing()).toMatchObject({ kind: 'refused', code: 'forward_redirected' });
    expect(target.passed).toHaveLength(1);
  });

  it('gives up on an answer that never comes', async () => {
    target.answer = () => undefined;
    expect(await failing()).toMatchObject({ kind: 'transient', code: 'forward_timeout' });
  });

  it('fails when nobody is there, and hangs no secret on it', async () => {
    const failure = await failing({ target: `http://user:word@127.0.0.1:${String(await freePort())}/` });
    expect(failure).toMatchObject({ kind: 'transient', code: 'forward_unreachable' });
    expect(inspect(failure, { depth: 9 })).not.toMatch(/word|TwilioProxy|Body=/);
  });

  it('has delivered once the target said so, however long the rest of its answer takes', async () => {
    target.answer = (response) => response.writeHead(200, { 'content-length': '1000000' }).write('<Response');
    await deliver(http, request(), 300);
    expect(target.passed).toHaveLength(1);
  });
});
