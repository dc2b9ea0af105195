import { leaksIn, secretsIn } from './leaks';

describe('the search for private data', () => {
  it('finds whole phone numbers and given texts, and no masked number, time or SID', () => {
    const fine = ['{"time":1772013598000,"phone":"+1415*****23"}', `SM${'1'.repeat(32)}`, 'connect +0.5 s'];
    const leaks = ['from whatsapp:+14155550123', '{"phone":"+525512345678"}', 'token s3cret-token'];
    expect(leaksIn([...fine, ...leaks], ['s3cret-token'])).toEqual(leaks);
  });

  it('takes the secrets from the settings', () => {
    const env = {
      TWILIO_AUTH_TOKEN: 'present-token,next-token',
      REDIS_URL: 'redis://:the-password@host',
      LOG_LEVEL: 'debug-and-no-secret',
    };
    expect(secretsIn(env)).toEqual(['the-password', 'present-token', 'next-token']);
  });
});
