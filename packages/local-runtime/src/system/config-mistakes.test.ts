import { configMistakes } from './config-mistakes';

test('the services name the mistakes of both together, and no value', async () => {
  const mistakes = await configMistakes({
    TWILIO_ACCOUNT_SID: 'mistaken',
    CUSTOMERIO_SITE_ID: 'secret',
    LOG_LEVEL: 'mistaken',
  });
  expect(mistakes.map((mistake) => mistake.split(/[: ]/)[0]).sort()).toEqual([
    'CUSTOMERIO_APP_API_KEY',
    'CUSTOMERIO_TRACK_API_KEY',
    'LOG_LEVEL',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
  ]);
  expect(mistakes.join()).not.toMatch(/mistaken|secret/);
});

test('a campaign alone needs no keys of Customer.io', async () => {
  const env = {
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 'token',
    CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'https://example.com/campaign',
  };
  expect(await configMistakes(env)).toEqual([]);
});
