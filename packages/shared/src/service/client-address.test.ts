import type { IncomingMessage } from 'node:http';
import type { TrustProxy } from '../config/trust-proxy';
import { compileAddressOf } from './client-address';

const from = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    connection: { remoteAddress },
    headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each<[string, TrustProxy, IncomingMessage, string]>([
    ['the peer without a trusted proxy', false, from('203.0.113.7', '198.51.100.1'), '203.0.113.7'],
    ['what a trusted proxy says', ['loopback'], from('127.0.0.1', '198.51.100.1'), '198.51.100.1'],
    [
      'what the nearest trusted proxy says',
      ['loopback'],
      from('127.0.0.1', '10.9.9.9, 198.51.100.1'),
      '198.51.100.1',
    ],
    ['what the outermost of two proxies says', 2, from('10.0.0.1', '198.51.100.1, 10.0.0.2'), '198.51.100.1'],
    ['the IPv4 address in IPv6', false, from('::ffff:203.0.113.7'), '203.0.113.7'],
    ['the network of an IPv6 address', false, from('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64'],
    ['the network of a short IPv6 address', false, from('2001:db8::6'), '2001:db8:0:0::/64'],
    ['none of a client that is gone', false, from(undefined), ''],
    ['a short text, whatever a trusted proxy says', 1, from('10.0.0.1', 'x'.repeat(9_000)), 'x'.repeat(45)],
  ])('is %s', (_, trustProxy, request, expected) => {
    expect(compileAddressOf(trustProxy)(request)).toBe(expected);
  });
});
