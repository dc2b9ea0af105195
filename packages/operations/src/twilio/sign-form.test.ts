import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { signForm } from './sign-form';

describe('the signature of a form post', () => {
  it.each([
    [
      'https://optout.example.com/webhooks/twilio/messages',
      { To: '+14155550100', AccountSid: 'AC1', Body: 'é ü' },
    ],
    ['https://optout.example.com/a?x=1', { b: '', B: '2', a: '1' }],
  ])("is that of Twilio's library for %s", (url, params) => {
    expect(signForm('token', url, params)).toBe(getExpectedTwilioSignature('token', url, params));
  });
});
