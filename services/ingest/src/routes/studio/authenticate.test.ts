import { Buffer } from 'node:buffer';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import { encode, signedPost } from '../../test-support/form-request';
import { signedJson } from '../../test-support/json-request';
import { TOKEN, keysWith } from '../../test-support/keys';
import type { WebhookRequest } from '../../webhook/request';
import { authenticateStudio, type StudioKeys } from './authenticate';

const PATH = WEBHOOK_PATHS.studio;
const BEARER = 'a-token-of-sixteen';
const SUBACCOUNT = 'AC00000000000000000000000000000002';
const keys: StudioKeys = { ...keysWith(TOKEN), studioTokens: ['the-previous-token', BEARER] };
const twoAccounts: StudioKeys = {
  ...keys,
  accounts: new Map([...keys.accounts, [SUBACCOUNT, { tokens: ['other'] }]]),
};

const CALL = { from: '+14155550101', to: '+15005550006', kind: 'stop' };
const form = (params: Record<string, string | string[]> = CALL, changes: Partial<WebhookRequest> = {}) =>
  signedPost(params, changes, PATH);
const withToken = (authorization: string | undefined, request = form()): WebhookRequest => ({
  ...request,
  headers: { 'content-type': request.headers['content-type'], authorization },
});

describe('a call from Studio', () => {
  const expectRefused = (request: WebhookRequest, code: string, by = keys) =>
    expect(authenticateStudio(request, by)).rejects.toEqual(
      expect.objectContaining({ name: 'WebhookError', code }) as Error,
    );

  it.each([
    ['a signed form', form()],
    ['signed JSON', signedJson(PATH, CALL)],
    ['a form with a bearer token', withToken(`Bearer ${BEARER}`)],
    ['JSON with a bearer token', withToken(`bearer ${BEARER}`, signedJson(PATH, CALL))],
  ])('is accepted as %s', async (_, request) => {
    expect(await authenticateStudio(request, keys)).toMatchObject({
      params: CALL,
      accountSid: TWILIO_ACCOUNT_SID,
    });
  });

  it("accepts Twilio's names of the parameters", async () => {
    const { params } = await authenticateStudio(form({ From: '+1', MessageSid: 'x', kind: 'stop' }), keys);
    expect(params).toEqual({ from: '+1', messageSid: 'x', kind: 'stop' });
  });

  it('checks in the order of the contract', async () => {
    const ofSubaccount = form({ ...CALL, accountSid: SUBACCOUNT });
    const inOrder: [string, Partial<WebhookRequest>][] = [
      ['method_not_allowed', { method: 'POST' }],
      ['body_too_large', { headers: { 'content-type': 'text/plain' } }],
      ['unsupported_media_type', { headers: { 'content-type': 'application/json' } }],
      ['missing_signature', { headers: signedJson(PATH, CALL).headers }],
      ['malformed_body', ofSubaccount],
      ['unknown_account', { ...form(), headers: ofSubaccount.headers }],
    ];
    let request: WebhookRequest = form(CALL, {
      method: 'GET',
      headers: { 'content-length': '65537' },
      url: `${PATH}?${'a'.repeat(65_536)}`,
      readBody: () => Promise.resolve(Buffer.of(0xff)),
    });
    await expectRefused(request, 'method_not_allowed');
    request = { ...request, url: PATH };
    for (const [code, repair] of inOrder) {
      await expectRefused(request, code);
      request = { ...request, ...repair };
    }
    await expectRefused(request, 'bad_signature');
  });

  describe('bearer token', () => {
    it.each([
      'Bearer nonsense-of-sixteen',
      'Bearer ',
      `Bearer ${BEARER}x`,
      `Bearer ${BEARER},the-previous-token`,
    ])('is refused as %p before the body is read', async (authorization) => {
      const unread = {
        ...withToken(authorization),
        readBody: () => Promise.reject(new Error('the body is read')),
      };
      await expectRefused(unread, 'bad_token');
    });

    it('is refused when none is configured', async () => {
      for (const authorization of ['Bearer ', 'Bearer undefined', `Bearer ${BEARER}`]) {
        await expectRefused(withToken(authorization), 'bad_token', { ...keys, studioTokens: [] });
      }
    });

    it('may be any of the configured tokens', async () => {
      await authenticateStudio(withToken('Bearer the-previous-token'), keys);
    });

    it('is refused when it is wrong, even with a valid signature', async () => {
      const signed = form();
      await expectRefused(
        { ...signed, headers: { ...signed.headers, authorization: 'Bearer x' } },
        'bad_token',
      );
    });

    it('is not confused with the password of a URL', async () => {
      const signed = form();
      const headers = { ...signed.headers, authorization: 'Basic dXNlcjp3b3Jk' };
      expect(await authenticateStudio({ ...signed, headers }, keys)).toBeDefined();
    });
  });

  describe('signature', () => {
    it('covers the form', async () => {
      const changed = Buffer.from(encode({ ...CALL, kind: 'start' }));
      await expectRefused({ ...form(), readBody: () => Promise.resolve(changed) }, 'bad_signature');
    });

    it('covers JSON through its hash', async () => {
      const changed = Buffer.from(JSON.stringify({ ...CALL, kind: 'start' }));
      const request = { ...signedJson(PATH, CALL), readBody: () => Promise.resolve(changed) };
      await expectRefused(request, 'bad_signature');
      await expectRefused({ ...request, url: PATH }, 'bad_signature');
    });
  });

  describe('account', () => {
    it('need not be named when only one is configured', async () => {
      await expectRefused(form(), 'unknown_account', twoAccounts);
      const named = await authenticateStudio(form({ ...CALL, accountSid: TWILIO_ACCOUNT_SID }), twoAccounts);
      expect(named.accountSid).toBe(TWILIO_ACCOUNT_SID);
    });

    it('must be configured for a caller with a bearer token as well', async () => {
      const request = form({ ...CALL, AccountSid: 'AC00000000000000000000000000000009' });
      await expectRefused(withToken(`Bearer ${BEARER}`, request), 'unknown_account');
    });

    it('is not verified by the token of another', async () => {
      await expectRefused(form({ ...CALL, accountSid: SUBACCOUNT }), 'bad_signature', twoAccounts);
    });
  });

  it.each(['[]', '"text"', 'null', '7'])('has no parameters when its JSON is %s', async (body) => {
    expect((await authenticateStudio(signedJson(PATH, body), keys)).params).toEqual({});
  });
});
