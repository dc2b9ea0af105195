import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { WEBHOOK_PATHS, createBlockedSends } from '@optout-sync/shared/domain';
import { blockedCallback, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';
import { authenticateBatch } from './routes/events/authenticate';
import { authenticateMessage } from './routes/messages/authenticate';
import { authenticateStatus } from './routes/status/authenticate';
import { authenticateStudio, type StudioKeys } from './routes/studio/authenticate';
import { signedGet, signedPost } from './test-support/form-request';
import { signedJson } from './test-support/json-request';
import { TOKEN, keysWith } from './test-support/keys';
import type { WebhookRequest } from './webhook/request';
import { WebhookError } from './webhook/webhook-error';

/** A mutated callback may no longer be that of a blocked message: nothing of it is used. */
const authenticateBlocked = async (request: WebhookRequest, keys: StudioKeys) => {
  const callback = await authenticateStatus(request, { ...keys, blockedSends: createBlockedSends() });
  return callback.kind === 'blocked' ? callback : undefined;
};

/** Each has its own MessageSid, so that every run is of another message. */
const SIGNED = {
  message: () => [signedPost(twilioMessage({ Body: 'STOP' })), authenticateMessage],
  'message by GET': () => [signedGet(twilioMessage({ Body: 'STOP' })), authenticateMessage],
  'blocked message': () => [signedPost(blockedCallback(), {}, WEBHOOK_PATHS.status), authenticateBlocked],
  batch: () => [signedJson(WEBHOOK_PATHS.events, [streamInbound({ body: 'STOP' })]), authenticateBatch],
  call: () => [signedJson(WEBHOOK_PATHS.studio, { from: '+14155550101', kind: 'stop' }), authenticateStudio],
} satisfies Record<
  string,
  () => [WebhookRequest, (request: WebhookRequest, keys: StudioKeys) => Promise<unknown>]
>;

const keysFor = (token: string): StudioKeys => ({
  ...keysWith(token),
  studioTokens: ['a-token-of-the-studio-route'],
});

type Mutated = readonly [request: WebhookRequest, token: string];

/** Replaces one byte of the text, at a random position, by a random one. */
const mutate = (text: string, { at, replacement }: Chance): string => {
  const i = at % text.length;
  return text.slice(0, i) + (text[i] === replacement ? '~' : replacement) + text.slice(i + 1);
};

interface Chance {
  readonly at: number;
  readonly replacement: string;
}

const signatureOf = ({ headers }: WebhookRequest): string => String(headers['x-twilio-signature']);
const withSignature = (request: WebhookRequest, signature: string): WebhookRequest => ({
  ...request,
  headers: { ...request.headers, 'x-twilio-signature': signature },
});
const withBody = (request: WebhookRequest, body: string): WebhookRequest => ({
  ...request,
  readBody: () => Promise.resolve(Buffer.from(body)),
});

/** Each makes an almost valid request of a valid one and the text of its body. */
const MUTATIONS: Record<string, (request: WebhookRequest, body: string, chance: Chance) => Mutated> = {
  'a byte of the signature': (request, _, chance) => [
    withSignature(request, mutate(signatureOf(request).slice(0, -1), chance) + '='),
    TOKEN,
  ],
  'the bits that base64 does not use': (request) => {
    const signature = signatureOf(request);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
      signature[26] ?? '',
    );
    const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[last ^ 1] ?? '';
    return [withSignature(request, `${signature.slice(0, 26)}${next}=`), TOKEN];
  },
  'a shortened signature': (request, _, { at }) => [
    withSignature(request, signatureOf(request).slice(0, at % 28)),
    TOKEN,
  ],
  'an extended signature': (request, _, { replacement }) => [
    withSignature(request, signatureOf(request) + replacement),
    TOKEN,
  ],
  'the signature of another message': (request) => [
    withSignature(request, signatureOf(signedPost(twilioMessage()))),
    TOKEN,
  ],
  'a byte of the path': (request, _, chance) => {
    const [path = '', ...query] = request.url.split('?');
    return [{ ...request, url: [`/${mutate(path.slice(1), chance)}`, ...query].join('?') }, TOKEN];
  },
  'an additional parameter in the URL': (request, _, { replacement }) => [
    { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}x=${replacement}` },
    TOKEN,
  ],
  'the host': (request, _, chance) => [
    { ...request, baseUrl: `https://${mutate('optout', chance)}.example.com` },
    TOKEN,
  ],
  'the protocol': (request) => [{ ...request, baseUrl: request.baseUrl.replace('https', 'http') }, TOKEN],
  'a byte of the body or the query': (request, body, chance) =>
    request.method === 'GET'
      ? [{ ...request, url: request.url.replace('Body=STOP', `Body=${mutate('STOP', chance)}`) }, TOKEN]
      : [
          withBody(
            request,
            body.replace('+14155550101', '+14155550102').replace('%2B14155550101', '%2B14155550102'),
          ),
          TOKEN,
        ],
  'a byte after the body': (request, body, { replacement }) =>
    request.method === 'GET'
      ? [{ ...request, url: `${request.url}${replacement}` }, TOKEN]
      : [withBody(request, `${body}${replacement}`), TOKEN],
  'the hash of the body': (request, _, chance) => {
    const [path = '', hash] = request.url.split('bodySHA256=');
    const url =
      hash === undefined ? `${request.url}?bodySHA256=0` : `${path}bodySHA256=${mutate(hash, chance)}`;
    return [request.method === 'GET' ? { ...request, method: 'POST' } : { ...request, url }, TOKEN];
  },
  'a byte of the token': (request, _, chance) => [request, mutate(TOKEN, chance)],
};

describe('forged requests', () => {
  const kinds = fc.constantFrom(...(Object.keys(SIGNED) as (keyof typeof SIGNED)[]));
  const ways = fc.constantFrom(...Object.keys(MUTATIONS));
  const chances = fc.record({
    at: fc.nat(),
    replacement: fc.constantFrom('a', 'b', 'Y', 'Z', '0', '9', '+', '/', '=', '%'),
  });

  it('refuses 10,000 almost valid requests', async () => {
    const tried = new Set<string>();
    await fc.assert(
      fc.asyncProperty(kinds, ways, chances, async (kind, way, chance) => {
        const [request, authenticate] = SIGNED[kind]();
        const body = request.method === 'GET' ? '' : (await request.readBody(1e6)).toString();
        const [forged, token] = MUTATIONS[way]!(request, body, chance);
        tried.add(`${kind}: ${way}`);
        const verified = await authenticate(forged, keysFor(token)).catch((error: unknown) => {
          if (!(error instanceof WebhookError)) throw error;
        });
        expect(verified).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
    expect(tried.size).toBe(Object.keys(SIGNED).length * Object.keys(MUTATIONS).length);
  });

  it.each(Object.keys(SIGNED) as (keyof typeof SIGNED)[])(
    'accepts the %s that they are made of',
    async (kind) => {
      const [request, authenticate] = SIGNED[kind]();
      await expect(authenticate(request, keysFor(TOKEN))).resolves.toBeDefined();
    },
  );
});
