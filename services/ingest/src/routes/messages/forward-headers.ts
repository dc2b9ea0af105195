import type { IncomingHttpHeaders } from 'node:http';

/** Our name in `Via` (RFC 9110, 7.6.3). A request that has it was forwarded by us before. */
const OUR_NAME = 'optout-sync';

const NOT_FORWARDED = new Set([
  // Valid for one connection only (RFC 9110, 7.6.1), or set for each request.
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
  // Meant for us: the target has credentials of its own.
  'authorization',
  'cookie',
]);

/** Whether this or another instance of optout-sync forwarded the request before. */
export function wasForwarded({ via }: IncomingHttpHeaders): boolean {
  return (via ?? '').split(',').some((hop) => hop.trim().split(' ')[1] === OUR_NAME);
}

const SIGNATURE = 'x-twilio-signature';

/**
 * The headers of a forwarded request: the received ones and the URL that Twilio called (`calledUrl`), which its signature covers.
 *
 * @param withSignature whether the signature is among them
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  calledUrl: string,
  withSignature: boolean,
): Record<string, string | string[]> {
  const perConnection = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const forwarded = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] =>
      entry[1] !== undefined &&
      (withSignature || entry[0] !== SIGNATURE) &&
      !NOT_FORWARDED.has(entry[0]) &&
      !perConnection.includes(entry[0]),
  );
  const [, proto = '', host = '', uri = ''] =
    /^(https?):\/\/(?:[^/?#]*@)?([^/?#]*)(.*)$/is.exec(calledUrl) ?? [];
  return {
    ...Object.fromEntries(forwarded),
    via: [headers.via, `1.1 ${OUR_NAME}`].filter(Boolean).join(', '),
    'x-forwarded-proto': proto,
    'x-forwarded-host': host,
    'x-forwarded-uri': uri,
  };
}
