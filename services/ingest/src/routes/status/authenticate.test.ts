import { Buffer } from 'node:buffer';
import { WEBHOOK_PATHS, createBlockedSends } from '@optout-sync/shared/domain';
import { blockedCallback } from '@optout-sync/twilio-simulator';
import { signedPost } from '../../test-support/form-request';
import { TOKEN, keysWith } from '../../test-support/keys';
import type { WebhookRequest } from '../../webhook/request';
import { authenticateStatus } from './authenticate';

const keys = { ...keysWith(TOKEN), blockedSends: createBlockedSends() };

const callback = (params = blockedCallback(), changes: Partial<WebhookRequest> = {}) =>
  signedPost(params, changes, WEBHOOK_PATHS.status);
const forged = {
  'content-type': 'application/x-www-form-urlencoded',
  'x-twilio-signature': `${'A'.repeat(27)}=`,
};

describe('a status callback', () => {
  const expectRefused = (request: WebhookRequest, code: string) =>
    expect(authenticateStatus(request, keys)).rejects.toEqual(
      expect.objectContaining({ name: 'WebhookError', code }) as Error,
    );

  it('returns its parameters when it is signed and that of a blocked message', async () => {
    const params = blockedCallback();
    expect(await authenticateStatus(callback(params), keys)).toEqual({
      kind: 'blocked',
      action: 'apply',
      params,
    });
  });

  it('recognizes the error code with escaped digits', async () => {
    const params = blockedCallback();
    const written = new URLSearchParams(params).toString().replace('=21610', '=%32%31%36%31%30');
    const request = callback(params, { readBody: () => Promise.resolve(Buffer.from(written)) });
    expect(await authenticateStatus(request, keys)).toEqual({ kind: 'blocked', action: 'apply', params });
  });

  it.each([
    ['delivered', blockedCallback({ MessageStatus: 'delivered', ErrorCode: undefined })],
    ['failed for another reason', blockedCallback({ ErrorCode: '30003' })],
    ['whose number contains the digits', blockedCallback({ From: '+12161021610', ErrorCode: undefined })],
    ['failed for no reason', blockedCallback({ ErrorCode: '' })],
    ['of another account', blockedCallback({ AccountSid: 'AC9', ErrorCode: '30003' })],
  ])('ignores a message %s, signed or not', async (_, params) => {
    expect(await authenticateStatus(callback(params), keys)).toMatchObject({ kind: 'ignored' });
    expect(await authenticateStatus(callback(params, { headers: forged }), keys)).toMatchObject({
      kind: 'ignored',
    });
  });

  it.each([
    ['whatsapp:+14155550101', '63014', 'review'],
    ['rcs:+14155550101', '63014', 'review'],
    ['whatsapp:+14155550101', '21610', 'apply'],
  ])('acts on the code of the channel of %s: %s', async (To, ErrorCode, action) => {
    const params = blockedCallback({ To, ErrorCode });
    expect(await authenticateStatus(callback(params), keys)).toEqual({ kind: 'blocked', action, params });
    await expectRefused(callback(params, { headers: forged }), 'bad_signature');
  });

  it.each([
    ['+14155550101', '63014'],
    ['+14155550101', '30004'],
    ['whatsapp:+14155550101', '63016'],
  ])(
    'returns the unverified code of a failed send that is not acted on: to %s, %s',
    async (To, errorCode) => {
      const request = callback(blockedCallback({ To, ErrorCode: errorCode }), { headers: forged });
      expect(await authenticateStatus(request, keys)).toEqual({ kind: 'ignored', errorCode });
    },
  );

  it('checks the others in the order of the contract', async () => {
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
