import { likelyPath } from './likely-path';

const ALL =
  '/webhooks/twilio/messages, /webhooks/twilio/status, /webhooks/twilio/events, /webhooks/twilio/studio';

it.each([
  ['/webhooks/twilio/message', '/webhooks/twilio/messages'],
  ['/twilio/Messaging/', '/webhooks/twilio/messages'],
  ['/api/webhooks/twilio/status', '/webhooks/twilio/status'],
  ['/webhooks/twilio/messages/inbound', '/webhooks/twilio/messages'],
  ['/webhooks/event', '/webhooks/twilio/events'],
  ['/webhooks/twilio', ALL],
  ['/sms', ALL],
  ['/', ALL],
  ['', ALL],
])('the path that was likely meant by %j is %s', (path, expected) => {
  expect(likelyPath(path)).toBe(expected);
});
