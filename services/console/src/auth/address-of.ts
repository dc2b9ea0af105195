import type { IncomingMessage } from 'node:http';
import proxyaddr from 'proxy-addr';

/**
 * Returns the function that tells from which address a request comes: the nearest one that is none of our proxies. Without
 * proxies it is the peer of the connection, whatever `X-Forwarded-For` says.
 */
export function createAddressOf(proxies: readonly string[]): (request: IncomingMessage) => string {
  const isOurs = proxyaddr.compile([...proxies]);
  return (request) => proxyaddr(request, isOurs);
}
