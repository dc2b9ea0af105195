import fc from 'fast-check';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { loggablePath } from './loggable-path';

it.each([
  ...Object.values(WEBHOOK_PATHS),
  '/',
  '',
  '/webhooks/twilio/mesages',
  '/api/v2/twilio-sms_inbound',
  '/TwilioMessagesInbound/',
  '//webhooks//twilio/messages%20',
  '/webhooks%2Ftwilio/messages',
])('a path of words is logged as it is: %s', (path) => {
  expect(loggablePath(path)).toBe(path);
});

it.each([
  ['/hook/sk_live_4eC39HqLyjWDarjtT1zdp7dc', '/hook/[redacted]'],
  ['/0123456789abcdef0123456789abcdef/messages', '/[redacted]/messages'],
  ['/550e8400-e29b-41d4-a716-446655440000', '/[redacted]'],
  ['/AbCdEfGhIjKlMnOp/sms', '/[redacted]/sms'],
  ['/abcdefghijklmnopqrstuvwxyz', '/[redacted]'],
  ['/sms/+14155550101', '/sms/[redacted]'],
  ['/sms/%2B14155550101', '/sms/[redacted]'],
  ['/sms/415-555-0101', '/sms/[redacted]'],
  ['/sms/415/555/0101', '/sms/[redacted]/[redacted]/[redacted]'],
  ['/sms/%34%31%35%35%35%35%30%31%30%31', '/sms/[redacted]'],
  ['/people/ann@example.com', '/people/[redacted]'],
  ['/sms/%1b%5b31m', '/sms/[redacted]'],
  ['/sms/\u009b31m', '/sms/[redacted]'],
  ['/sms/%zz', '/sms/[redacted]'],
])('of %j what may be a secret or harm a terminal is left out', (path, logged) => {
  expect(loggablePath(path)).toBe(logged);
});

it('is printable and short, whatever the path', () => {
  const path = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('/'), fc.base64String()))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(path, (text) => {
      expect(loggablePath(text)).toMatch(/^[ -~]*$/);
      expect(loggablePath(text).split('/').length).toBeLessThanOrEqual(256);
    }),
  );
});
