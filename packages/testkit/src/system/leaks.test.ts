import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateData, secretsIn } from './leaks';

describe('the search for private data', () => {
  it('finds whole phone numbers, links, tokens, sessions and credentials of anybody, and no masked number, time or SID', () => {
    const fine = [
      '{"time":1772013598000,"phone":"+1415*****23"}',
      `SM${'1'.repeat(32)}`,
      'connect +0.5 s',
      '/u/[redacted]',
      'a bearer token',
      'a basic rule',
      'optout-console',
    ];
    const leaks = [
      'from whatsapp:+14155550123',
      '{"phone":"+525512345678"}',
      'GET /?From=%2B14155550123',
      `GET /u/${'Ab3-'.repeat(20)}`,
      `oss_crm_${'Ab3-'.repeat(8)}`,
      `optout-console=${'Ab3-'.repeat(10)}`,
      'authorization: Basic c2l0ZTprZXk=',
      'Bearer a-token-of-somebody',
      'ann:operator:scrypt.1024.8.1.salt.hash',
    ];
    expect(new PrivateData().leaksIn([...fine, ...leaks])).toEqual(leaks);
  });

  it('finds the phone numbers of requests in any spelling, and what people wrote, but no keyword', () => {
    const data = new PrivateData();
    data.addRequest({ From: '+14155550123', Body: 'stop it please' });
    data.addRequest([
      { data: { from: 'whatsapp:+5215512345678', body: 'UNSUBSCRIBE', note: 'mail of jo@acme.example' } },
    ]);
    const fine = ['{"at":1772013598000}', 'sms_unsubscribe of UNSUBSCRIBE', '+1415*****23', '4155550124'];
    const leaks = [
      'phone 14155550123',
      '4155550123',
      'id 5215512345678',
      'he wrote stop it please',
      'jo@acme.example',
    ];
    expect(data.leaksIn([...fine, ...leaks])).toEqual(leaks);
  });

  describe('takes the secrets from the settings', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'))));
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };

    it('by value, of a URL its password and query, and of those in a file', () => {
      const env = {
        TWILIO_AUTH_TOKEN: 'present-token,next-token',
        REDIS_URL: 'redis://:the%2Dpassword@host',
        FORWARD_URLS: 'https://a.example/in?auth=of-a-target',
        LINK_KEY_FILE: file('key', 'the-key-of-links\n'),
        SHOP_AUTH_TOKEN: 'token-of-the-shop',
        LOG_LEVEL: 'debug-and-no-secret',
      };
      expect(secretsIn(env).sort()).toEqual(
        [
          ...['auth=of-a-target', 'next-token', 'present-token', 'the%2Dpassword', 'the-password'],
          ...['the-key-of-links', 'token-of-the-shop'],
        ].sort(),
      );
    });

    it('of the YAML file', () => {
      const yaml = `intake: [{ name: help-desk, token: a-token-of-intake }]
accounts: { shop: { sid: AC0123456789, authTokens: ['\${SHOP_AUTH_TOKEN}', second-auth-token] } }`;
      expect(secretsIn({ OPTOUT_CONFIG: file('optout.yaml', yaml) })).toEqual([
        'a-token-of-intake',
        'second-auth-token',
      ]);
    });
  });
});
