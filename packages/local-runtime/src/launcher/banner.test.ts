import { makePlan } from '../config/plan';
import { twilioUrls } from './banner';

const urlsFor = (env: Record<string, string>): string =>
  twilioUrls(makePlan({ TWILIO_ACCOUNT_SID: 'AC1', ...env }, false)).join('\n');

test('the URLs to enter at Twilio begin with PUBLIC_URL', () => {
  const text = urlsFor({ PUBLIC_URL: 'https://optout.example.com/sms/' });
  expect(text).toContain('https://optout.example.com/sms/webhooks/twilio/messages#rc=3&rp=all (POST)');
  expect(text).toContain('https://optout.example.com/sms/webhooks/twilio/status');
  expect(text).toContain('https://optout.example.com/sms/webhooks/customerio/people');
});

test('a space separates each URL from what it is, so that it can be selected', () => {
  const rows = urlsFor({ PUBLIC_URL: 'https://optout.example.com' }).split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(3);
  for (const row of rows) expect(row).toMatch(/^ {2}\S.* https:/);
});

test.each(['https://twilio:s3cret@', 'HTTPS://twilio:s3cret@', 'https://twilio:pa@s3cret@'])(
  'a password in PUBLIC_URL is not printed: %s',
  (authority) => {
    const text = urlsFor({ PUBLIC_URL: `${authority}optout.example.com` });
    expect(text).not.toContain('s3cret');
    expect(text).toMatch(/https:\/\/twilio:<password>@optout\.example\.com\/webhooks\/twilio\/messages/i);
  },
);

test('without PUBLIC_URL the host is left open', () => {
  expect(urlsFor({})).toMatch(/PUBLIC_URL is not set[^]*https:\/\/<your host>\/webhooks\/twilio\/messages/);
});
