import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { ForwardRequest } from '@optout-sync/shared/queues';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { BASE_URL, encode, signedGet, signedPost } from '../../test-support/form-request';
import type { WebhookRequest } from '../../webhook/request';
import { createForwardRequests } from './forward-requests';

const PATH = WEBHOOK_PATHS.messages;
const TARGETS = ['https://track.customer.io/inbound/sms', 'https://example.com/in?x=1'];

const forward = (
  request: WebhookRequest,
  params: Record<string, string>,
  publicUrl?: string,
  forwardSignature = false,
) =>
  createForwardRequests({ forwardUrls: TARGETS, forwardSignature, publicUrl })(
    { params, body: encode(params) },
    request,
  ).map((made) => ForwardRequest.parse(made));

describe('forward requests', () => {
  const params = twilioMessage({ Body: "It's + 100%" });

  it('are one for each target, with the body unchanged, and with the signature where that is asked for', () => {
    const request = signedPost(params);
    expect(forward(request, params)[0]?.headers).not.toHaveProperty('x-twilio-signature');
    const made = forward(request, params, undefined, true);
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

  it('have the query of a GET, and that of a POST only in X-Forwarded-Uri', () => {
    const get = signedGet(params);
    const [got] = createForwardRequests({
      forwardUrls: TARGETS,
      forwardSignature: false,
      publicUrl: undefined,
    })({ params, body: '' }, get);
    expect(got).toMatchObject({ method: 'GET', query: encode(params), body: '' });
    expect(got?.headers['x-forwarded-uri']).toBe(get.url);
    const [posted] = forward(signedPost(params, { url: `${PATH}?b=It's` }), params);
    expect(posted).toMatchObject({ query: '', headers: { 'x-forwarded-uri': `${PATH}?b=It's` } });
  });

  it('contain PUBLIC_URL without its password', () => {
    const [made] = forward(signedPost(params), params, 'https://user:word@optout.example.com:8443/prefix');
    expect(made?.headers).toMatchObject({
      'x-forwarded-host': 'optout.example.com:8443',
      'x-forwarded-uri': `/prefix${PATH}`,
    });
    expect(JSON.stringify(made)).not.toContain('word');
  });

  it('omit headers of one connection, and our credentials', () => {
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
    ]);
  });

  it('are none for a message that was forwarded before, and extend the Via of other proxies', () => {
    const via = (text: string) => {
      const request = signedPost(params);
      return forward({ ...request, headers: { ...request.headers, via: text } }, params);
    };
    expect(via('1.1 optout-sync')).toEqual([]);
    expect(via('1.0 fred, 1.1 optout-sync (x)')).toEqual([]);
    expect(via('1.1 other')[0]?.headers.via).toBe('1.1 other, 1.1 optout-sync');
  });

  it('have a hash of the message as id when it has no SID', () => {
    const idOf = (changes: Record<string, string>) => {
      const odd = { ...params, MessageSid: 'odd', ...changes };
      return forward(signedPost(odd), odd)[0]?.id;
    };
    expect(idOf({})).toBe(idOf({}));
    expect(idOf({})).not.toBe(idOf({ Body: 'other' }));
  });

  it('are none without targets', () => {
    expect(
      createForwardRequests({ forwardUrls: [], forwardSignature: true, publicUrl: BASE_URL })(
        { params, body: '' },
        signedPost(params),
      ),
    ).toEqual([]);
  });
});
