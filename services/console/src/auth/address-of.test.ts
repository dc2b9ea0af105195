import type { IncomingMessage } from 'node:http';
import { createAddressOf } from './address-of';

const from = (peer: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test('behind a proxy of ours everybody has an address of their own, which they cannot choose', () => {
  const addressOf = createAddressOf(['10.0.0.0/24']);
  expect(addressOf(from('10.0.0.7', '203.0.113.9'))).toBe('203.0.113.9');
  expect(addressOf(from('10.0.0.7', '198.51.100.1, 203.0.113.9'))).toBe('203.0.113.9');
  expect(addressOf(from('10.0.0.7', '198.51.100.1, 203.0.113.9, 10.0.0.8'))).toBe('203.0.113.9');
});

test('whoever is no proxy of ours is not believed', () => {
  expect(createAddressOf([])(from('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9');
  expect(createAddressOf(['10.0.0.7'])(from('203.0.113.9', '10.0.0.7, 198.51.100.1'))).toBe('203.0.113.9');
});
