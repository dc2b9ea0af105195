import { ForwardRequest } from '@optout-sync/shared/queues';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { BASE_URL, PATH, encode, signedGet, signedPost } from '../../test-support/form-request';
import type { WebhookRequest } from '../../webhook/receiver';
import { createForwarder } from './forward-requests';

const TARGETS = ['https://track.customer.io/inbound/sms', 'https://example.com/in?x=1'];

const forward = (request: WebhookRequest, params: Record<string, string>, publicUrl?: string) =>
  createForwarder(TARGETS, publicUrl)({ params, body: encode(params) }, request).map((made) =>
    ForwardRequest.parse(made),
  );

describe('the forwarder', () => {
  const params = twilioMessage({ Body: "It's + 100%" });

  it('makes of a message one request for each target, body and signature as they came', () => {
    const request = signedPost(params);
    const made = forward(request, params);
    expect(made.map(({ target }) => target)).toEqual(TARGETS);
    expect(made[0]).toMatchObject({ id: params.MessageSid, method: 'POST', query: '', body: encode(params) });
    expect(made[0]?.headers).toEqual({
      ...request.headers,
      via: '1.1 optout-sync',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'optout.example.com',
      'x-forwarded-uri': PATH,
    });
  });

  it('keeps the query of a GET, and of a POST only where Twilio called', () => {
    const get = signedGet(params);
    const [got] = createForwarder(TARGETS, undefined)({ params, body: '' }, get);
    expect(got).toMatchObject({ method: 'GET', query: encode(params), body: '' });
    expect(got?.headers['x-forwarded-uri']).toBe(get.url);
    const [posted] = forward(signedPost(params, { url: `${PATH}?b=It's` }), params);
    expect(posted).toMatchObject({ query: '', headers: { 'x-forwarded-uri': `${PATH}?b=It's` } });
  });

  it('tells of PUBLIC_URL without its password', () => {
    const [made] = forward(signedPost(params), params, 'https://user:word@optout.example.com:8443/prefix');
    expect(made?.headers).toMatchObject({
      'x-forwarded-host': 'optout.example.com:8443',
      'x-forwarded-uri': `/prefix${PATH}`,
    });
    expect(JSON.stringify(made)).not.toContain('word');
  });

  it('leaves out what belongs to one connection, and credentials of ours', () => {
    const request = signedPost(params);
    const headers = {
      ...request.headers,
      host: 'optout.example.com',
      'content-length': '7',
      connection: 'keep-alive, X-Internal',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      'x-internal': 'yes',
      authorization: 'Basic x',
      cookie: 'session=1',
      'i-twilio-idempotency-token': 'kept',
      'set-cookie': ['a', 'b'],
    };
    const [made] = forward({ ...request, headers }, params);
    expect(Object.keys(made?.headers ?? {}).sort()).toEqual([
      'content-type',
      'i-twilio-idempotency-token',
      'set-cookie',
      'via',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-forwarded-uri',
      'x-twilio-signature',
    ]);
  });

  it('makes nothing of what it passed on before, and adds itself to what others did', () => {
    const via = (text: string) => {
      const request = signedPost(params);
      return forward({ ...request, headers: { ...request.headers, via: text } }, params);
    };
    expect(via('1.1 optout-sync')).toEqual([]);
    expect(via('1.0 fred, 1.1 optout-sync (x)')).toEqual([]);
    expect(via('1.1 other')[0]?.headers.via).toBe('1.1 other, 1.1 optout-sync');
  });

  it('names a message that has no sid by all it holds', () => {
    const idOf = (changes: Record<string, string>) => {
      const odd = { ...params, MessageSid: 'odd', ...changes };
      return forward(signedPost(odd), odd)[0]?.id;
    };
    expect(idOf({})).toBe(idOf({}));
    expect(idOf({})).not.toBe(idOf({ Body: 'other' }));
  });

  it('makes nothing without targets', () => {
    expect(createForwarder([], BASE_URL)({ params, body: '' }, signedPost(params))).toEqual([]);
  });
});
