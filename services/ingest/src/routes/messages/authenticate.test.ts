import { Buffer } from 'node:buffer';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, twilioMessage } from '@optout-sync/twilio-simulator';
import { encode, signedGet, signedPost } from '../../test-support/form-request';
import { TOKEN, keysWith } from '../../test-support/keys';
import type { WebhookRequest } from '../../webhook/request';
import { SIZE_LIMIT_BYTES } from '../../webhook/request-checks';
import { authenticateMessage } from './authenticate';

const keys = keysWith(TOKEN);

const withHeaders = (changes: WebhookRequest['headers'], request = signedPost()): WebhookRequest => ({
  ...request,
  headers: { ...request.headers, ...changes },
});

const withBody = (body: Buffer | string, request = signedPost()): WebhookRequest => ({
  ...request,
  readBody: () => Promise.resolve(Buffer.from(body)),
});

/** Fails every check. */
const invalid: WebhookRequest = {
  method: 'PUT',
  url: '/',
  baseUrl: 'rubbish',
  headers: { 'content-length': String(SIZE_LIMIT_BYTES + 1), 'content-type': 'application/json' },
  clientAddress: '127.0.0.1',
  readBody: () => Promise.resolve(Buffer.of(0xff)),
};

describe('an inbound message', () => {
  const errorWith = (code: string) => expect.objectContaining({ name: 'WebhookError', code }) as Error;
  const expectRefused = (request: WebhookRequest, code: string) =>
    expect(authenticateMessage(request, keys)).rejects.toEqual(errorWith(code));

  it('returns the parameters of a signed POST', async () => {
    const params = twilioMessage();
    expect(await authenticateMessage(signedPost(params), keys)).toEqual({ params, body: encode(params) });
  });

  it('returns the parameters of a signed GET', async () => {
    const params = twilioMessage({ Body: "It's + 100% \u00e9\u{1f600}" });
    expect(await authenticateMessage(signedGet(params), keys)).toEqual({ params, body: '' });
  });

  it('checks in the order of the contract', async () => {
    const inOrder: [string, Partial<WebhookRequest>][] = [
      ['method_not_allowed', { method: 'POST' }],
      ['body_too_large', { headers: { 'content-type': 'application/json' } }],
      ['unsupported_media_type', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
      ['malformed_body', { readBody: () => Promise.resolve(Buffer.from('AccountSid=AC1')) }],
      ['unknown_account', { readBody: () => Promise.resolve(Buffer.from(encode(twilioMessage()))) }],
    ];
    let request = invalid;
    for (const [code, repair] of inOrder) {
      await expectRefused(request, code);
      request = { ...request, ...repair };
    }
    await expectRefused(request, 'missing_signature');
  });

  describe('method', () => {
    it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post'])('refuses %s', async (method) => {
      await expectRefused(signedPost(undefined, { method }), 'method_not_allowed');
    });
  });

  describe('size', () => {
    const unread = () => Promise.reject(new Error('the body is read'));

    it('refuses an announced size over 64 kB without reading', async () => {
      const request = withHeaders({ 'content-length': '65537' }, signedPost(undefined, { readBody: unread }));
      await expectRefused(request, 'body_too_large');
    });

    it('accepts 64 kB', async () => {
      await authenticateMessage(withHeaders({ 'content-length': '65536' }), keys);
    });

    it('reads no more than 64 kB', async () => {
      const readBody = jest.fn(() => Promise.resolve(Buffer.from('')));
      await authenticateMessage(signedPost(undefined, { readBody }), keys).catch(() => undefined);
      expect(readBody).toHaveBeenCalledWith(65_536);
    });

    it('refuses a POST whose URL is over 8 kB, and takes a GET with as long a one', async () => {
      const params = twilioMessage({ Body: 'a'.repeat(8_192) });
      const long = `${WEBHOOK_PATHS.messages}?${'a'.repeat(8_192)}`;
      await expectRefused(signedPost(undefined, {}, long), 'body_too_large');
      await expect(authenticateMessage(signedGet(params), keys)).resolves.toHaveProperty(
        'params.Body',
        params.Body,
      );
    });

    it('refuses a GET whose URL is over 64 kB', async () => {
      await expectRefused(signedGet(twilioMessage({ Body: 'a'.repeat(65_536) })), 'body_too_large');
    });
  });

  describe('content type', () => {
    it.each([
      'application/x-www-form-urlencoded; charset=utf-8',
      'Application/X-WWW-Form-URLEncoded;charset="UTF-8"',
    ])('accepts %s', async (type) => {
      expect(await authenticateMessage(withHeaders({ 'content-type': type }), keys)).toBeDefined();
    });

    it.each(['application/json', 'multipart/form-data; boundary=x', '', undefined])(
      'refuses %s',
      async (type) => {
        await expectRefused(withHeaders({ 'content-type': type }), 'unsupported_media_type');
      },
    );

    it('refuses a compressed body', async () => {
      await expectRefused(withHeaders({ 'content-encoding': 'gzip' }), 'unsupported_media_type');
    });
  });

  describe('parse', () => {
    it('refuses a body that is not UTF-8', async () => {
      await expectRefused(withBody(Buffer.from([0x61, 0x3d, 0xff])), 'malformed_body');
    });

    it('returns repeated names as lists, empty values, and no prototype', async () => {
      const params = twilioMessage();
      const body = 'a=2&a=1&empty=&__proto__=x&constructor=y&=nameless';
      const signed = signedPost(
        Object.assign(Object.create(null) as Record<string, string | string[]>, params, {
          a: ['2', '1'],
          empty: '',
          ['__proto__']: 'x',
          constructor: 'y',
          '': 'nameless',
        }),
      );
      const { params: given } = await authenticateMessage(
        withBody(`${encode(params)}&${body}`, signed),
        keys,
      );
      expect(given.a).toEqual(['2', '1']);
      expect(given.empty).toBe('');
      expect(Object.getPrototypeOf(given)).toBeNull();
      expect(Object.keys(given)).toContain('__proto__');
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    });

    const withParameters = (count: number) => {
      const message = twilioMessage();
      const more = Array.from({ length: count - Object.keys(message).length }, (_, i) => [
        `p${String(i)}`,
        'v',
      ]);
      return { ...message, ...Object.fromEntries(more) } as Record<string, string>;
    };

    it('accepts a thousand parameters', async () => {
      const { params: given } = await authenticateMessage(signedPost(withParameters(1_000)), keys);
      expect(Object.keys(given)).toHaveLength(1_000);
    });

    it('refuses more, in the body or the query, before it checks the signature', async () => {
      for (const signed of [signedPost(withParameters(1_001)), signedGet(withParameters(1_001))]) {
        await expectRefused(
          { ...signed, headers: { ...signed.headers, 'x-twilio-signature': '' } },
          'too_many_parameters',
        );
      }
    });
  });

  describe('account', () => {
    it.each([
      { AccountSid: 'AC00000000000000000000000000000002' },
      { AccountSid: '' },
      { AccountSid: undefined },
    ])('refuses %p', async (account) => {
      await expectRefused(signedPost(twilioMessage(account)), 'unknown_account');
    });

    it('refuses an account named twice', async () => {
      const twice = { ...twilioMessage(), AccountSid: [TWILIO_ACCOUNT_SID, TWILIO_ACCOUNT_SID] };
      await expectRefused(signedPost(twice), 'unknown_account');
    });

    it('refuses the name of an inherited property', async () => {
      await expectRefused(signedPost(twilioMessage({ AccountSid: '__proto__' })), 'unknown_account');
    });
  });

  describe('signature', () => {
    it.each([undefined, '', 'x', `${'A'.repeat(27)}=, ${'A'.repeat(27)}=`, 'A'.repeat(28)])(
      'refuses the malformed %p',
      async (signature) => {
        await expectRefused(withHeaders({ 'x-twilio-signature': signature }), 'missing_signature');
      },
    );

    it('refuses the signature of another request', async () => {
      await expectRefused(withHeaders({ 'x-twilio-signature': `${'A'.repeat(27)}=` }), 'bad_signature');
    });

    it('reports the URL that it was checked against, without the message', async () => {
      const request = signedGet(undefined, { baseUrl: 'https://user:word@elsewhere.example.com' });
      const { logFields } = (await authenticateMessage(request, keys).catch((error: unknown) => error)) as {
        logFields: Record<string, string>;
      };
      expect(logFields).toEqual({ checkedAgainst: 'https://elsewhere.example.com/webhooks/twilio/messages' });
    });
  });
});
