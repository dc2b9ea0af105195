import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyAddr from 'proxy-addr';
import type { TrustProxy } from '@optout-sync/shared/config';
import { isHost } from '../webhook/request-checks';
import { WebhookError } from '../webhook/webhook-error';
import { firstForwarded } from './forwarded';

/** Whether the peer with this address is a trusted proxy. */
export type TrustsPeer = (address: string) => boolean;

export function compileTrust(trustProxy: TrustProxy): TrustsPeer {
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusts = proxyAddr.compile(trustProxy || []);
  // The peer of the socket is hop 0.
  return (address) => trusts(address, 0);
}

/**
 * The `protocol://host` that the client called, and the path prefix that a proxy removed. From the headers of the peer when it
 * is trusted, as far as it sends them: X-Forwarded-Proto, -Host, -Port and -Prefix, else Forwarded (RFC 7239), of each the
 * first entry of a list. Otherwise from the socket and the Host header.
 *
 * @throws {WebhookError} `malformed_host` when there is no `host[:port]`
 */
export function baseUrlOf(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trusts: TrustsPeer,
): string {
  const ofSocket = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  const called = trusts(socket.remoteAddress ?? '') ? calledAt(headers) : {};
  const host = called.host ?? headers.host;
  if (host === undefined || !isHost(host)) throw new WebhookError('malformed_host');
  const port = called.port !== undefined && !hasPort(host) ? `:${called.port}` : '';
  return `${called.protocol ?? ofSocket}://${host}${port}${called.prefix ?? ''}`;
}

const hasPort = (host: string): boolean => /:\d+$/.test(host);

/** What a proxy says of the URL that its client called. */
interface Called {
  readonly protocol?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly prefix?: string | undefined;
}

const PORT = /^\d{1,5}$/;
/** Segments of a path (RFC 3986, 3.3), without the slash at the end. */
const PREFIX = /^((?:\/[\w\-.~!$&'()*+,;=:@%]+)+)\/?$/;

function calledAt(headers: IncomingHttpHeaders): Called {
  const first = (name: string): string | undefined => firstOf(headers[name]);
  const standard = headers.forwarded === undefined ? undefined : firstForwarded(headers.forwarded);
  return {
    protocol: first('x-forwarded-proto') ?? standard?.get('proto'),
    host: first('x-forwarded-host') ?? standard?.get('host'),
    port: PORT.exec(first('x-forwarded-port') ?? '')?.[0],
    prefix: PREFIX.exec(first('x-forwarded-prefix') ?? '')?.[1],
  };
}

/** The first entry of a list; `undefined` where it is empty. */
function firstOf(list: string | string[] | undefined): string | undefined {
  return (
    String(list ?? '')
      .split(',', 1)[0]
      ?.trim() || undefined
  );
}
