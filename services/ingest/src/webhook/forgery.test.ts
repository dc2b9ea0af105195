import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import {
  TWILIO_ACCOUNT_SID,
  blockedCallback,
  streamInbound,
  twilioMessage,
} from '@optout-sync/twilio-simulator';
import { TOKEN, signedGet, signedPost } from '../test-support/form-request';
import { signedJson } from '../test-support/json-request';
import { EVENTS_PATH, STATUS_PATH } from '../test-support/paths';
import {
  authenticateBatch,
  authenticateMessage,
  authenticateStatus,
  authenticateStudio,
  type Trust,
} from './authenticate';
import type { WebhookRequest } from './receiver';
import { WebhookError } from './webhook-error';

const STUDIO_PATH = '/webhooks/twilio/studio';
const trusting = (token: string): Trust => ({
  accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens: [token] }]]),
  publicUrl: undefined,
  studioTokens: ['a-token-of-the-studio-route'],
});

/** The MessageSid stands in each of them, so that no two runs are of the same message. */
const SIGNED = {
  message: () => [signedPost(twilioMessage({ Body: 'STOP' })), authenticateMessage],
  'message by GET': () => [signedGet(twilioMessage({ Body: 'STOP' })), authenticateMessage],
  'blocked message': () => [signedPost(blockedCallback(), {}, STATUS_PATH), authenticateStatus],
  batch: () => [signedJson(EVENTS_PATH, [streamInbound({ body: 'STOP' })]), authenticateBatch],
  call: () => [signedJson(STUDIO_PATH, { from: '+14155550101', kind: 'stop' }), authenticateStudio],
} satisfies Record<
  string,
  () => [WebhookRequest, (request: WebhookRequest, trust: Trust) => Promise<unknown>]
>;

type Mutated = readonly [request: WebhookRequest, token: string];

/** One byte of the text becomes another, at a place and of a kind that chance decides. */
const mutate = (text: string, { at, letter }: Chance): string => {
  const i = at % text.length;
  return text.slice(0, i) + (text[i] === letter ? '~' : letter) + text.slice(i + 1);
};

interface Chance {
  readonly at: number;
  readonly letter: string;
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

/** Ways to be almost right. Each takes a request that is, and the text of its body. */
const MUTATIONS: Record<string, (request: WebhookRequest, body: string, chance: Chance) => Mutated> = {
  'a byte of the signature': (request, _, chance) => [
    withSignature(request, mutate(signatureOf(request).slice(0, -1), chance) + '='),
    TOKEN,
  ],
  'the bits that base64 leaves over': (request) => {
    const signature = signatureOf(request);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
      signature[26] ?? '',
    );
    const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[last ^ 1] ?? '';
    return [withSignature(request, `${signature.slice(0, 26)}${next}=`), TOKEN];
  },
  'the signature, cut off': (request, _, { at }) => [
    withSignature(request, signatureOf(request).slice(0, at % 28)),
    TOKEN,
  ],
  'the signature, with more': (request, _, { letter }) => [
    withSignature(request, signatureOf(request) + letter),
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
  'a parameter more in the URL': (request, _, { letter }) => [
    { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}x=${letter}` },
    TOKEN,
  ],
  'the host': (request, _, chance) => [
    { ...request, baseUrl: `https://${mutate('optout', chance)}.example.com` },
    TOKEN,
  ],
  'the protocol': (request) => [{ ...request, baseUrl: request.baseUrl.replace('https', 'http') }, TOKEN],
  'a byte of the body, or of the query': (request, body, chance) =>
    request.method === 'GET'
      ? [{ ...request, url: request.url.replace('Body=STOP', `Body=${mutate('STOP', chance)}`) }, TOKEN]
      : [
          withBody(
            request,
            body.replace('+14155550101', '+14155550102').replace('%2B14155550101', '%2B14155550102'),
          ),
          TOKEN,
        ],
  'a byte after the body': (request, body, { letter }) =>
    request.method === 'GET'
      ? [{ ...request, url: `${request.url}${letter}` }, TOKEN]
      : [withBody(request, `${body}${letter}`), TOKEN],
  'the hash of the body': (request, _, chance) => {
    const [path = '', hash] = request.url.split('bodySHA256=');
    const url =
      hash === undefined ? `${request.url}?bodySHA256=0` : `${path}bodySHA256=${mutate(hash, chance)}`;
    return [request.method === 'GET' ? { ...request, method: 'POST' } : { ...request, url }, TOKEN];
  },
  'a byte of the token': (request, _, chance) => [request, mutate(TOKEN, chance)],
};

describe('forgeries', () => {
  const kinds = fc.constantFrom(...(Object.keys(SIGNED) as (keyof typeof SIGNED)[]));
  const ways = fc.constantFrom(...Object.keys(MUTATIONS));
  const chances = fc.record({
    at: fc.nat(),
    letter: fc.constantFrom('a', 'b', 'Y', 'Z', '0', '9', '+', '/', '=', '%'),
  });

  it('none of 10,000 requests that are almost right passes', async () => {
    const tried = new Set<string>();
    await fc.assert(
      fc.asyncProperty(kinds, ways, chances, async (kind, way, chance) => {
        const [request, authenticate] = SIGNED[kind]();
        const body = request.method === 'GET' ? '' : (await request.readBody(1e6)).toString();
        const [forged, token] = MUTATIONS[way]!(request, body, chance);
        tried.add(`${kind}: ${way}`);
        const proven = await authenticate(forged, trusting(token)).catch((error: unknown) => {
          if (!(error instanceof WebhookError)) throw error;
        });
        // Nor does what is no blocked message any more: it is `undefined`, of no concern.
        expect(proven).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
    expect(tried.size).toBe(Object.keys(SIGNED).length * Object.keys(MUTATIONS).length);
  });

  it.each(Object.keys(SIGNED) as (keyof typeof SIGNED)[])(
    'the %s they are made from passes',
    async (kind) => {
      const [request, authenticate] = SIGNED[kind]();
      await expect(authenticate(request, trusting(TOKEN))).resolves.toBeDefined();
    },
  );
});
