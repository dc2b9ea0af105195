import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import type { TrustProxy } from '../config/trust-proxy';

/** The address of the client of a request, as far as it is known; for limits, so the network of one subscriber is one address. */
export type AddressOf = (request: IncomingMessage) => string;

/** More than any address has: what a proxy passes on may be anything. */
const LONGEST = 45;

/** By X-Forwarded-For, as far as the proxies in it are trusted; otherwise the peer of the connection. */
export function compileAddressOf(trustProxy: TrustProxy): AddressOf {
  const trusts =
    typeof trustProxy === 'number'
      ? (_: string, hop: number) => hop < trustProxy
      : proxyAddr.compile(trustProxy || []);
  return (request) => {
    // None where the client is gone before its request is read.
    const address = proxyAddr(request, trusts) as string | undefined;
    return networkOf((address ?? '').slice(0, LONGEST));
  };
}

/** Of IPv6 the first 64 bits, which one subscriber has (RFC 6177). */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = ''] = plain.split('::');
  const groups = [...head.split(':').filter((group) => group !== ''), '0', '0', '0', '0'];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
