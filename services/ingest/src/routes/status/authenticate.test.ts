import { Buffer } from 'node:buffer';
import { TWILIO_ACCOUNT_SID, blockedCallback } from '@optout-sync/twilio-simulator';
import { TOKEN, signedPost } from '../../test-support/form-request';
import { STATUS_PATH } from '../../test-support/paths';
import { authenticateStatus, type Trust } from '../../webhook/authenticate';
import type { WebhookRequest } from '../../webhook/receiver';

const trust: Trust = {
  accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens: [TOKEN] }]]),
  publicUrl: undefined,
  studioTokens: [],
};

const callback = (params = blockedCallback(), changes: Partial<WebhookRequest> = {}) =>
  signedPost(params, changes, STATUS_PATH);
const forged = {
  'content-type': 'application/x-www-form-urlencoded',
  'x-twilio-signature': `${'A'.repeat(27)}=`,
};

describe('a status callback', () => {
  const expectRefused = (request: WebhookRequest, code: string) =>
    expect(authenticateStatus(request, trust)).rejects.toEqual(
      expect.objectContaining({ name: 'Refusal', code }) as Error,
    );

  it('gives its parameters when it tells of a blocked message and is signed', async () => {
    const params = blockedCallback();
    expect(await authenticateStatus(callback(params), trust)).toEqual(params);
  });

  it('knows the error code however it is written', async () => {
    const params = blockedCallback();
    const written = new URLSearchParams(params).toString().replace('=21610', '=%32%31%36%31%30');
    const request = callback(params, { readBody: () => Promise.resolve(Buffer.from(written)) });
    expect(await authenticateStatus(request, trust)).toEqual(params);
  });

  it.each([
    ['delivered', blockedCallback({ MessageStatus: 'delivered', ErrorCode: undefined })],
    ['failed for another reason', blockedCallback({ ErrorCode: '30003' })],
    ['whose number holds the digits', blockedCallback({ From: '+12161021610', ErrorCode: undefined })],
    ['failed for none', blockedCallback({ ErrorCode: '' })],
    ['of another account', blockedCallback({ AccountSid: 'AC9', ErrorCode: '30003' })],
  ])('gives nothing of a message %s, signed or not', async (_, params) => {
    expect(await authenticateStatus(callback(params), trust)).toBeUndefined();
    expect(await authenticateStatus(callback(params, { headers: forged }), trust)).toBeUndefined();
  });

  it('checks the rest in the order of messages', async () => {
    const inOrder: [string, Partial<WebhookRequest>][] = [
      ['method_not_allowed', { method: 'POST' }],
      ['body_too_large', { headers: { 'content-type': 'application/json' } }],
      ['unsupported_media_type', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
      ['malformed_body', callback(blockedCallback({ AccountSid: 'AC9' }), { headers: forged })],
      ['unknown_account', callback(blockedCallback(), { headers: { ...forged, 'x-twilio-signature': '' } })],
      ['missing_signature', callback(blockedCallback(), { headers: forged })],
    ];
    let request: WebhookRequest = callback(blockedCallback(), {
      method: 'PUT',
      headers: { 'content-length': '65537' },
      readBody: () => Promise.resolve(Buffer.of(0xff)),
    });
    for (const [code, repair] of inOrder) {
      await expectRefused(request, code);
      request = { ...request, ...repair };
    }
    await expectRefused(request, 'bad_signature');
  });
});
