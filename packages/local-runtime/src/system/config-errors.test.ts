import { configErrors } from './config-errors';

test('the errors of both services are found together, without any value', async () => {
  const errors = await configErrors({
    TWILIO_ACCOUNT_SID: 'mistaken',
    CUSTOMERIO_SITE_ID: 'secret',
    LOG_LEVEL: 'mistaken',
  });
  expect(errors.map((error) => error.split(/[: ]/)[0]).sort()).toEqual([
    'CUSTOMERIO_APP_API_KEY',
    'CUSTOMERIO_TRACK_API_KEY',
    'LOG_LEVEL',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
  ]);
  expect(errors.join()).not.toMatch(/mistaken|secret/);
});

test('a campaign alone needs no Customer.io keys', async () => {
  const env = {
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
    CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'https://example.com/campaign',
  };
  expect(await configErrors(env)).toEqual([]);
});
