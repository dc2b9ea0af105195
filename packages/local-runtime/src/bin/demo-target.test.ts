import { demoTarget, mayHaveDemoAccounts } from './demo-target';

const account = {
  accountSid: 'AC1',
  authToken: 'token',
  apiKey: { sid: 'SK1', secret: 'secret' },
  linkKey: 'key',
};
const webhookUrl = 'http://127.0.0.1:8080/webhooks/twilio/messages';

test('messages to a demo are signed by its account and logged at its imitation of Twilio', () => {
  const sandbox = { TWILIO_API_URL: 'http://127.0.0.1:4010' };
  expect(demoTarget({ webhookUrl, account, sandbox })).toEqual({
    INGEST_URL: 'http://127.0.0.1:8080',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: 'token',
    SIMULATED_TWILIO_URL: 'http://127.0.0.1:4010',
  });
});

test('messages to a system on real accounts are logged nowhere', () => {
  expect(demoTarget({ webhookUrl })).toEqual({ INGEST_URL: 'http://127.0.0.1:8080' });
});

test('init writes the accounts of a demo into no .env, since npm start would no longer run the demo', () => {
  expect(mayHaveDemoAccounts(['init'])).toBe(false);
  expect(mayHaveDemoAccounts(['init', '--no-input'])).toBe(false);
  expect(mayHaveDemoAccounts(['init', '--file', 'demo.env'])).toBe(true);
  expect(mayHaveDemoAccounts(['init', '--file=demo.env'])).toBe(true);
  expect(mayHaveDemoAccounts(['doctor'])).toBe(true);
});
