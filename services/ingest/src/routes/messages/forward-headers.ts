import type { IncomingHttpHeaders } from 'node:http';

/** Our name in `Via` (RFC 9110, 7.6.3): who finds it in a request has passed that one on before. */
const OURSELVES = 'optout-sync';

/** Of one connection only (RFC 9110, 7.6.1), or set anew for the next. */
const NOT_PASSED_ON = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  // For us: the next one has credentials of its own.
  'authorization',
  'cookie',
]);

/** Whether we, or another of our kind, passed this on already. */
export function wasForwarded({ via }: IncomingHttpHeaders): boolean {
  return (via ?? '').split(',').some((hop) => hop.trim().split(' ')[1] === OURSELVES);
}

/**
 * The headers to pass a request on with: its own, Twilio's signature among them, and where Twilio called (`calledUrl`),
 * which is what that signature is of.
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  calledUrl: string,
): Record<string, string | string[]> {
  const perConnection = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const kept = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] =>
      entry[1] !== undefined && !NOT_PASSED_ON.has(entry[0]) && !perConnection.includes(entry[0]),
  );
  const [, proto = '', host = '', uri = ''] =
    /^(https?):\/\/(?:[^/?#]*@)?([^/?#]*)(.*)$/is.exec(calledUrl) ?? [];
  return {
    ...Object.fromEntries(kept),
    via: [headers.via, `1.1 ${OURSELVES}`].filter(Boolean).join(', '),
    'x-forwarded-proto': proto,
    'x-forwarded-host': host,
    'x-forwarded-uri': uri,
  };
}
