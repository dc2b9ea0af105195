import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, signGet, streamInbound, streamTest } from '@optout-sync/twilio-simulator';
import { BASE_URL } from '../../test-support/form-request';
import { signedJson } from '../../test-support/json-request';
import { TOKEN } from '../../test-support/keys';
import type { VerificationKeys } from '../../webhook/account';
import type { WebhookRequest } from '../../webhook/request';
import { authenticateBatch } from './authenticate';

const EVENTS_PATH = WEBHOOK_PATHS.events;

const SUBACCOUNT = 'AC00000000000000000000000000000002';
const UNKNOWN_ACCOUNT = 'AC00000000000000000000000000000009';
const SUBACCOUNT_TOKEN = 'fedcba9876543210fedcba9876543210';
const keys: VerificationKeys = {
  accounts: new Map([
    [TWILIO_ACCOUNT_SID, { tokens: ['old', TOKEN] }],
    [SUBACCOUNT, { tokens: [SUBACCOUNT_TOKEN] }],
  ]),
  publicUrl: undefined,
};

const batch = (content: unknown, changes: Parameters<typeof signedJson>[2] = {}) =>
  signedJson(EVENTS_PATH, content, changes);
/** A batch that is small enough to be parsed. */
async function parsedOf(request: WebhookRequest, by = keys) {
  const verified = await authenticateBatch(request, by);
  if (!verified.cloudEvents) throw new Error('it is a large batch');
  return verified;
}
const of = (accountSid: string) => streamInbound({ accountSid });

describe('a batch of events', () => {
  const expectRefused = (request: WebhookRequest, code: string) =>
    expect(authenticateBatch(request, keys)).rejects.toEqual(
      expect.objectContaining({ name: 'WebhookError', code }) as Error,
    );

  it('returns its events, from an array or a single one', async () => {
    const event = streamInbound();
    expect((await authenticateBatch(batch([event, event]), keys)).cloudEvents).toEqual([event, event]);
    expect((await authenticateBatch(batch(event), keys)).cloudEvents).toEqual([event]);
  });

  it('checks in the order of the contract', async () => {
    const good = batch([streamInbound()]);
    const unknown = batch([{ ...of(UNKNOWN_ACCOUNT), source: 'x' }]);
    const inOrder: [string, Partial<WebhookRequest>][] = [
      ['method_not_allowed', { method: 'POST' }],
      ['body_too_large', { url: `${EVENTS_PATH}?${'x'.repeat(8_192)}`, headers: {} }],
      ['body_too_large', { url: EVENTS_PATH }],
      ['missing_signature', { headers: { 'x-twilio-signature': `${'A'.repeat(27)}=` } }],
      ['bad_signature', { ...good, readBody: () => Promise.resolve(Buffer.from('{"a":')) }],
      ['bad_signature', batch('{"a":')],
      ['malformed_body', unknown],
      ['unknown_account', { ...batch([of(TWILIO_ACCOUNT_SID)], { authToken: SUBACCOUNT_TOKEN }) }],
    ];
    let request: WebhookRequest = {
      ...good,
      method: 'PUT',
      url: EVENTS_PATH,
      headers: { 'content-length': String(16 * 1024 * 1024 + 1) },
    };
    for (const [code, repair] of inOrder) {
      await expectRefused(request, code);
      request = { ...request, ...repair };
    }
    await expectRefused(request, 'bad_signature');
  });

  it('may have a URL of 8 kB', async () => {
    const path = `${EVENTS_PATH}?connection=${'x'.repeat(8_000)}`;
    const signed = signedJson(path, [streamInbound()]);
    expect(signed.url.length).toBeGreaterThan(8_100);
    await expect(authenticateBatch(signed, keys)).resolves.toHaveProperty('cloudEvents.length', 1);
  });

  it('is not read before the signature of its URL is verified', async () => {
    const readBody = jest.fn();
    await expectRefused(batch([], { authToken: 'f'.repeat(32), readBody }), 'bad_signature');
    expect(readBody).not.toHaveBeenCalled();
  });

  describe('method', () => {
    it.each(['GET', 'HEAD', 'PUT'])('refuses %s', async (method) => {
      await expectRefused(batch([streamInbound()], { method }), 'method_not_allowed');
    });
  });

  describe('size', () => {
    it('accepts 16 MB and reads no more', async () => {
      const limit = 16 * 1024 * 1024;
      const request = batch([streamInbound()]);
      const readBody = jest.fn(() => request.readBody(0));
      const headers = { ...request.headers, 'content-length': String(limit) };
      await authenticateBatch({ ...request, headers, readBody }, keys);
      expect(readBody).toHaveBeenCalledWith(limit);
    });
  });

  describe('body hash', () => {
    it('covers the bytes, whatever their meaning', async () => {
      const request = batch(
        '[ {"data":{"accountSid":"' + TWILIO_ACCOUNT_SID + '","body":"caf\u00e9 \\u00e9"} } ]\n',
      );
      expect((await authenticateBatch(request, keys)).cloudEvents).toHaveLength(1);
      const body = await request.readBody(0);
      const respaced = Buffer.concat([body, Buffer.from(' ')]);
      await expectRefused({ ...request, readBody: () => Promise.resolve(respaced) }, 'bad_signature');
    });

    it.each(['', '?bodySHA256=', '?bodySHA256=00', `?bodySHA256=${'0'.repeat(64)}`])(
      'is invalid when the URL ends in %p',
      async (query) => {
        await expectRefused({ ...batch([streamInbound()]), url: EVENTS_PATH + query }, 'bad_signature');
      },
    );

    it('may be in upper case', async () => {
      const body = JSON.stringify([streamInbound()]);
      const hash = createHash('sha256').update(body).digest('hex').toUpperCase();
      const url = `${EVENTS_PATH}?bodySHA256=${hash}`;
      const request = batch(body, {
        url,
        headers: { 'x-twilio-signature': signGet({ url: BASE_URL + url, authToken: TOKEN }) },
      });
      expect((await authenticateBatch(request, keys)).cloudEvents).toHaveLength(1);
    });

    it('is not sufficient: the signature must be valid too', async () => {
      await expectRefused(batch([streamInbound()], { authToken: 'f'.repeat(32) }), 'bad_signature');
      await expectRefused(
        { ...batch([streamInbound()]), baseUrl: 'https://elsewhere.example.com' },
        'bad_signature',
      );
    });

    it('detects any changed byte', async () => {
      const request = batch([streamInbound({ body: 'STOP' })]);
      const body = await request.readBody(0);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(body.length - 1),
          fc.integer({ min: 1, max: 255 }),
          async (at, difference) => {
            const changed = Buffer.from(body);
            changed[at]! ^= difference;
            await expectRefused({ ...request, readBody: () => Promise.resolve(changed) }, 'bad_signature');
          },
        ),
      );
    });
  });

  describe('a large batch', () => {
    const large = (bytes: number) => `[${JSON.stringify(streamInbound({ body: 'x'.repeat(bytes) }))}]`;

    it.each([
      ['more than 4 MB', large(4 * 1024 * 1024)],
      ['more than 1,000 events', Array.from({ length: 1_001 }, () => streamTest())],
      ['more than 4 MB, and not JSON', '[{'.repeat(4 * 1024 * 1024)],
    ])('of %s is verified over its bytes and not parsed', async (_, content) => {
      const request = batch(content);
      const text = await request.readBody(0);
      const verified = await authenticateBatch(request, keys);
      // Jest compares the bytes one by one.
      expect(verified.text && Buffer.compare(verified.text, text)).toBe(0);
      expect({ ...verified, text: undefined }).toEqual({
        hash: createHash('sha256').update(text).digest('hex'),
        signedBy: [TWILIO_ACCOUNT_SID],
      });
      const changed = Buffer.from(text);
      changed[changed.length >> 1]! ^= 1;
      await expectRefused({ ...request, readBody: () => Promise.resolve(changed) }, 'bad_signature');
      await expectRefused(batch(content, { authToken: 'f'.repeat(32) }), 'bad_signature');
    });

    it.each([
      ['4 MB', large(4 * 1024 * 1024 - 1_000), 1],
      ['1,000 events', Array.from({ length: 1_000 }, () => streamTest()), 1_000],
    ])('is none with at most %s', async (_, content, events) => {
      expect((await parsedOf(batch(content))).cloudEvents).toHaveLength(events);
    });
  });

  describe('parse', () => {
    it.each([
      ['malformed JSON', '{"a":'],
      ['an empty body', ''],
    ])('refuses %s', async (_, body) => {
      await expectRefused(batch(body), 'malformed_body');
    });

    it('ignores a byte order mark, which the hash covers', async () => {
      const request = batch(`\uFEFF${JSON.stringify([streamInbound()])}`);
      expect((await authenticateBatch(request, keys)).cloudEvents).toHaveLength(1);
      const body = await request.readBody(0);
      const without = { ...request, readBody: () => Promise.resolve(body.subarray(3)) };
      await expectRefused(without, 'bad_signature');
    });

    it('keeps the body out of the error when it is not JSON', async () => {
      const error: unknown = await authenticateBatch(batch('their words'), keys).catch(
        (thrown: unknown) => thrown,
      );
      expect((error as Error).cause).toBeUndefined();
    });

    it.each([
      ['deep', '['.repeat(1_000_000), 'WebhookError: malformed_body'],
      ['deep and complete', '['.repeat(500_000) + ']'.repeat(500_000), 'WebhookError: unknown_account'],
      [
        'wide',
        `[${'0,'.repeat(1_000_000)}0]`,
        expect.objectContaining({ signedBy: [TWILIO_ACCOUNT_SID] }) as object,
      ],
    ])('survives JSON that is %s', async (_, body, outcome) => {
      const verified = await authenticateBatch(batch(body), keys).catch((error: unknown) => String(error));
      expect(verified).toEqual(outcome);
    });

    it('does not pollute prototypes', async () => {
      const body = `{"__proto__":{"accountSid":"x"},"data":{"__proto__":{"polluted":1},"accountSid":"${TWILIO_ACCOUNT_SID}"}}`;
      await authenticateBatch(batch(body), keys);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });
  });

  describe('account', () => {
    it.each([
      ['accountSid', streamInbound()],
      ['AccountSid', streamInbound({ accountSid: undefined, AccountSid: TWILIO_ACCOUNT_SID })],
      ['account_sid', streamInbound({ accountSid: undefined, account_sid: TWILIO_ACCOUNT_SID })],
      ['its source', streamInbound({ accountSid: undefined })],
      ['the id of the test event', streamTest()],
    ])('is found when the event names it as %s', async (_, event) => {
      expect((await authenticateBatch(batch([event]), keys)).cloudEvents).toEqual([
        JSON.parse(JSON.stringify(event)),
      ]);
    });

    it.each([
      ['none', { ...streamInbound({ accountSid: undefined }), source: 'x' }],
      ['an unknown one', { ...of(UNKNOWN_ACCOUNT), source: 'x' }],
      ['an invalid SID', { ...of('__proto__'), source: 'constructor' }],
    ])('is unknown when the batch names %s', async (_, event) => {
      await expectRefused(batch([event]), 'unknown_account');
      await expectRefused(batch(event), 'unknown_account');
    });

    it('may be any configured one when the batch is empty', async () => {
      for (const authToken of [TOKEN, SUBACCOUNT_TOKEN]) {
        expect((await authenticateBatch(batch([], { authToken }), keys)).cloudEvents).toEqual([]);
      }
      await expectRefused(batch([], { authToken: 'f'.repeat(32) }), 'bad_signature');
    });

    it('is the only configured one when the batch names none', async () => {
      const one: VerificationKeys = {
        ...keys,
        accounts: new Map([[SUBACCOUNT, { tokens: [SUBACCOUNT_TOKEN] }]]),
      };
      const nameless = { type: 'com.twilio.voice.x' };
      for (const content of [nameless, [nameless]]) {
        const verified = await parsedOf(batch(content, { authToken: SUBACCOUNT_TOKEN }), one);
        expect([verified.cloudEvents, [...verified.verifiedAccounts]]).toEqual([[nameless], [SUBACCOUNT]]);
        await expect(authenticateBatch(batch(content), one)).rejects.toThrow('bad_signature');
      }
      await expect(
        authenticateBatch(
          batch({ ...of(UNKNOWN_ACCOUNT), source: 'x' }, { authToken: SUBACCOUNT_TOKEN }),
          one,
        ),
      ).rejects.toThrow('unknown_account');
    });

    it('is verified, of several named, for the one whose token signed the batch', async () => {
      const events = [
        of(TWILIO_ACCOUNT_SID),
        { ...of(SUBACCOUNT), source: 'x' },
        { ...of(UNKNOWN_ACCOUNT), source: 'x' },
      ];
      for (const [authToken, sid] of [
        [TOKEN, TWILIO_ACCOUNT_SID],
        [SUBACCOUNT_TOKEN, SUBACCOUNT],
      ] as const) {
        const verified = await parsedOf(batch(events, { authToken }));
        expect(verified.cloudEvents).toHaveLength(3);
        expect([...verified.verifiedAccounts]).toEqual([sid]);
      }
    });

    it('is not verified by the token of another', async () => {
      await expectRefused(batch([of(TWILIO_ACCOUNT_SID)], { authToken: SUBACCOUNT_TOKEN }), 'bad_signature');
      await expectRefused(batch([{ ...of(SUBACCOUNT), source: 'x' }], { authToken: TOKEN }), 'bad_signature');
    });
  });

  describe('URL', () => {
    it('is made of PUBLIC_URL when it is configured', async () => {
      const request = { ...batch([streamInbound()]), baseUrl: 'http://10.0.0.7:8080' };
      expect((await authenticateBatch(request, { ...keys, publicUrl: BASE_URL })).cloudEvents).toHaveLength(
        1,
      );
      await expectRefused(request, 'bad_signature');
    });
  });
});
