import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyAddr from 'proxy-addr';

/**
 * Which proxies in front of ingest are trusted for protocol and host, in the form of Express' `trust proxy`: none, a number
 * of hops, or addresses, CIDR ranges and names such as `loopback`.
 */
export type TrustProxy = false | number | string[];

/** Whether the peer with this address is a trusted proxy. */
export type TrustsPeer = (address: string) => boolean;

export function compileTrust(trustProxy: TrustProxy): TrustsPeer {
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusts = proxyAddr.compile(trustProxy || []);
  // The peer of the socket is hop 0.
  return (address) => trusts(address, 0);
}

/**
 * The `protocol://host` that the client called, exactly as Express 5's `req.protocol` and `req.host` give it: from
 * X-Forwarded-Proto and X-Forwarded-Host (the first entry of a list) when the peer is trusted, otherwise from the socket
 * and the Host header.
 */
export function baseUrlOf(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trusts: TrustsPeer,
): string {
  const isTrusted = trusts(socket.remoteAddress ?? '');
  const ofSocket = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  const protocol = (isTrusted && headers['x-forwarded-proto']) || ofSocket;
  const forwardedHost = isTrusted ? headers['x-forwarded-host'] : undefined;
  const host = forwardedHost ? firstOf(String(forwardedHost)).trimEnd() : headers.host;
  return `${firstOf(String(protocol)).trim()}://${host || 'undefined'}`;
}

function firstOf(list: string): string {
  const comma = list.indexOf(',');
  return comma < 0 ? list : list.slice(0, comma);
}
