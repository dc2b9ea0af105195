import { shownUrl, targetOf, webhookUrl } from './webhook-url';

const BASE = 'https://optout.example.com';

it.each([
  [undefined, 'none'],
  [`${BASE}/webhooks/twilio/messages`, 'ours'],
  [`${BASE}/webhooks/twilio/messages/?x=1#rc=5`, 'ours'],
  [`${BASE}/Webhooks/Twilio/Messages`, 'ours'],
  ['http://optout.example.com/webhooks/twilio/messages', 'other_base'],
  [`${BASE}:8443/webhooks/twilio/messages`, 'other_base'],
  [`${BASE}/webhooks/twilio/status`, 'elsewhere'],
  ['https://track.customer.io/inbound/sms', 'elsewhere'],
  ['https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1', 'flow'],
  ['nonsense', 'elsewhere'],
])('%s leads to: %s', (url, kind) => {
  expect(targetOf(url, 'messages', BASE).kind).toBe(kind);
});

it.each([
  ['rc=3&rp=all', true],
  ['rc=1&rp=5xx,rt', true],
  ['rp=all', true],
  ['rc=0&rp=all', false],
  ['rc=5', false],
  ['', false],
])('the overrides %p retry HTTP errors: %p', (overrides, retries) => {
  expect(targetOf(webhookUrl(BASE, 'messages', overrides), 'messages', BASE)).toEqual({
    kind: 'ours',
    retries,
  });
});

it('shows neither password nor query of a URL', () => {
  expect(shownUrl('https://user:secret@host.example/a?token=secret#rc=1')).toBe(
    'https://host.example/a?…#rc=1',
  );
  expect(shownUrl('')).toBe('(none)');
});
