import { makePlan } from '../config/plan';
import { twilioUrls } from './banner';

const urlsFor = (env: Record<string, string>): string =>
  twilioUrls(makePlan({ TWILIO_ACCOUNT_SID: 'AC1', ...env }, false)).join('\n');

test('the URLs to enter at Twilio begin with PUBLIC_URL', () => {
  const text = urlsFor({ PUBLIC_URL: 'https://optout.example.com/sms/' });
  expect(text).toContain('https://optout.example.com/sms/webhooks/twilio/messages (POST)');
  expect(text).toContain('https://optout.example.com/sms/webhooks/twilio/status');
  expect(text).toContain('https://optout.example.com/sms/webhooks/customerio/people');
});

test('a password in PUBLIC_URL is not printed', () => {
  const text = urlsFor({ PUBLIC_URL: 'https://twilio:s3cret@optout.example.com' });
  expect(text).not.toContain('s3cret');
  expect(text).toContain('https://twilio:<password>@optout.example.com/webhooks/twilio/messages');
});

test('without PUBLIC_URL the host is left open', () => {
  expect(urlsFor({})).toMatch(/PUBLIC_URL is not set[^]*https:\/\/<your host>\/webhooks\/twilio\/messages/);
});
