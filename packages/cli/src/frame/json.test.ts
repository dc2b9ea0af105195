import { forOutput } from './json';

const value = {
  phone: '+14155550123',
  sender: '+15005550006',
  senders: [{ sender: '+15005550006', since: 1_772_013_598_000 }],
  occurredAt: 1_772_013_598_000,
  count: 1_772_013_598_000,
  next: null,
  message: 'from whatsapp:+14155550123, twice: +14155550123',
};

test('JSON has times in ISO 8601, and phones masked but for our own numbers', () => {
  expect(forOutput('', value, {})).toEqual({
    phone: '+1415*****23',
    sender: '+15005550006',
    senders: [{ sender: '+15005550006', since: '2026-02-25T09:59:58.000Z' }],
    occurredAt: '2026-02-25T09:59:58.000Z',
    count: 1_772_013_598_000,
    next: null,
    message: 'from whatsapp:+1415*****23, twice: +1415*****23',
  });
});

test('JSON has whole phones where that is asked for', () => {
  expect(forOutput('', value, { reveal: true })).toMatchObject({
    phone: value.phone,
    message: value.message,
  });
});
