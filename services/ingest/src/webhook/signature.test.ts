import fc from 'fast-check';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, signForm, twilioMessage } from '@optout-sync/twilio-simulator';
import { authenticateMessage } from '../routes/messages/authenticate';
import { BASE_URL, encode, signedGet, signedPost } from '../test-support/form-request';
import { TOKEN, keysWith } from '../test-support/keys';
import type { VerificationKeys } from './account';
import type { WebhookRequest } from './request';

const PATH = WEBHOOK_PATHS.messages;
const keys = keysWith(TOKEN);

const passes = (request: WebhookRequest, by: VerificationKeys = keys): Promise<boolean> =>
  authenticateMessage(request, by).then(
    () => true,
    () => false,
  );

describe('the signature', () => {
  it('follows the scheme that Twilio documents', async () => {
    const params = twilioMessage({
      MessageSid: 'SM00000000000000000000000000000001',
      Body: 'Stop',
      From: '+14155550123',
      OptOutType: 'STOP',
    });
    const url = '/webhooks/twilio/inbound';
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'EuPXT181CBOVLs0DFSwf2NqcR5s=',
    };
    expect(await passes(signedPost(params, { url, headers }))).toBe(true);
    expect(await passes(signedPost({ ...params, OptOutType: 'START' }, { url, headers }))).toBe(false);
  });

  describe('with several tokens', () => {
    it('is valid with any of them', async () => {
      expect(await passes(signedPost(), keysWith('old', TOKEN))).toBe(true);
      expect(await passes(signedPost(), keysWith(TOKEN, 'next'))).toBe(true);
    });

    it('is invalid with any other token', async () => {
      expect(await passes(signedPost(), keysWith('old', 'next'))).toBe(false);
    });
  });

  describe('covers the URL that Twilio called', () => {
    const sentTo = (signedUrl: string, request: Partial<WebhookRequest>): WebhookRequest => {
      const params = twilioMessage();
      const signature = signForm({ url: signedUrl, params, authToken: TOKEN });
      const post = signedPost(params, request);
      return { ...post, headers: { ...post.headers, 'x-twilio-signature': signature } };
    };

    it.each([
      ['a base', 'https://example.com', 'https://example.com'],
      ['a path before the route', 'https://example.com/prefix', 'https://example.com/prefix'],
      ['a standard port that Twilio adds', 'https://example.com', 'https://example.com:443'],
      ['a standard port that Twilio omits', 'https://example.com:443', 'https://example.com'],
      ['its own port', 'https://example.com:8443', 'https://example.com:8443'],
      ['a password', 'https://user:word@example.com', 'https://user:word@example.com'],
      [
        'a password that Twilio leaves out',
        'https://user:w%40rd@example.com/prefix',
        'https://example.com/prefix',
      ],
      ['a host in upper case', 'https://EXAMPLE.com', 'https://EXAMPLE.com'],
    ])('with %s as PUBLIC_URL', async (_, publicUrl, called) => {
      const request = sentTo(called + PATH, { baseUrl: 'http://10.0.0.7:8080' });
      expect(await passes(request, { ...keys, publicUrl })).toBe(true);
      expect(await passes(request)).toBe(false);
    });

    it("with its query byte for byte, as in ?b=It's+amazing&c=%7e", async () => {
      const url = `${PATH}?b=It's+amazing&c=%7e`;
      expect(await passes(sentTo(BASE_URL + url, { url }))).toBe(true);
      expect(await passes(sentTo(BASE_URL + url, { url: url.replace('amazing', 'amusing') }))).toBe(false);
    });

    it('with all of its query, also what looks like a user name in it', async () => {
      const url = `${PATH}?at=//user@example.com`;
      expect(await passes(sentTo(BASE_URL + url, { url }))).toBe(true);
      expect(await passes(sentTo(`${BASE_URL}${PATH}?at=//example.com`, { url }))).toBe(false);
    });

    it('without its fragment', async () => {
      expect(await passes(sentTo(`${BASE_URL}${PATH}#rc=5&rp=all`, {}))).toBe(true);
    });

    it.each(['', 'http://undefined', 'rubbish', 'http://[', 'http://a b'])(
      'and is invalid when the URL is %p',
      async (baseUrl) => {
        expect(await passes(signedPost(undefined, { baseUrl }))).toBe(false);
      },
    );
  });

  // A GET is signed like a POST without parameters.
  it('of a GET is invalid for a POST with other parameters', async () => {
    const get = signedGet();
    const post = signedPost(twilioMessage({ Body: 'STOP' }), { url: get.url });
    const signature = get.headers['x-twilio-signature'];
    expect(await passes({ ...post, headers: { ...post.headers, 'x-twilio-signature': signature } })).toBe(
      false,
    );
  });
});

const SORTED_ALIKE = ['a', 'Z', '0', ' ', '+', '&', '=', '%', "'", '"', '\u00e9', '\u3042'];
const LETTERS = ['a', 'b', 'X', 'Y', '0', '9'];

describe('for any message', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => !['AccountSid', '__proto__'].includes(text));
  const anyText = fc.string({ unit: 'binary', maxLength: 40 });
  // Twilio sorts repeated values by bytes, its library by UTF-16 units. The orders differ above U+D800.
  const sortable = fc.string({ unit: fc.constantFrom(...SORTED_ALIKE), maxLength: 8 });
  const value = fc.oneof(anyText, fc.constant(''), fc.array(sortable, { minLength: 2, maxLength: 4 }));
  const message = fc
    .dictionary(name, value, { maxKeys: 12 })
    .map((params): Record<string, string | string[]> => ({ ...params, AccountSid: TWILIO_ACCOUNT_SID }));

  it('the right signature is valid', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (params) => {
        expect(await passes(signedPost(params))).toBe(true);
        expect(await passes(signedGet(params))).toBe(true);
      }),
    );
  });

  it('a changed, added or dropped parameter is detected', async () => {
    const change = fc.oneof(
      fc.record({ how: fc.constant('value'), at: fc.nat(), text: sortable }),
      fc.record({ how: fc.constant('name'), at: fc.nat(), text: name }),
      fc.record({ how: fc.constant('add'), at: fc.nat(), text: name }),
      fc.record({ how: fc.constant('drop'), at: fc.nat(), text: fc.constant('') }),
    );
    await fc.assert(
      fc.asyncProperty(message, change, async (params, { how, at, text }) => {
        const names = Object.keys(params);
        const target = names[at % names.length]!;
        const { [target]: old = '', ...rest } = params;
        const changed = {
          value: { ...params, [target]: text },
          name: { ...rest, [text]: old },
          add: { ...params, [text]: 'added' },
          drop: rest,
        }[how];
        // Twilio's scheme signs names and values without separators, so it does not detect some changes.
        fc.pre(signed(changed) !== signed(params));
        const { headers } = signedPost(params);
        expect(await passes(signedPost(changed, { headers }))).toBe(false);
      }),
    );
  });

  it('a changed byte of the header, the path or the token is detected', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.nat(), fc.constantFrom(...LETTERS), async (params, at, letter) => {
        const changed = (text: string, start = 0) => {
          const i = start + (at % (text.length - start));
          fc.pre(text[i] !== letter);
          return text.slice(0, i) + letter + text.slice(i + 1);
        };
        const request = signedPost(params);
        const { 'x-twilio-signature': signature, ...headers } = request.headers;
        const forged = { ...headers, 'x-twilio-signature': changed(String(signature)) };
        expect(await passes({ ...request, headers: forged })).toBe(false);
        expect(await passes({ ...request, url: changed(PATH, 1) })).toBe(false);
        expect(await passes(request, keysWith(changed(TOKEN)))).toBe(false);
      }),
    );
  });

  it('a changed byte of a GET is detected', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.nat(), fc.constantFrom(...LETTERS), async (params, at, letter) => {
        const { url, headers } = signedGet(params);
        const i = PATH.length + 1 + (at % (url.length - PATH.length - 1));
        const changed = url.slice(0, i) + letter + url.slice(i + 1);
        // The library also accepts a query with other escapes, so a query with the same parameters is the same.
        fc.pre(new URLSearchParams(changed.slice(PATH.length)).toString() !== encode(params));
        expect(await passes(signedGet(params, { url: changed, headers }))).toBe(false);
      }),
    );
  });

  const signed = (params: Record<string, string | string[]>): string =>
    signForm({ url: '', params, authToken: TOKEN });
});
