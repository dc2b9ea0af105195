import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { listOf } from './fields';

/**
 * Which proxies in front of ingest are trusted for protocol, host and path prefix, in the form of Express' `trust proxy`:
 * none, a number of hops, or addresses, CIDR ranges and names such as `loopback`.
 */
export type TrustProxy = false | number | string[];

const MESSAGE =
  'must be a number of hops, or a list of addresses, CIDR ranges, loopback, linklocal, uniquelocal';

/** The widest networks that one operator has: 10.0.0.0/8, and IPv6 allocations, of which the largest are /16. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;
/** Unique local (RFC 4193) and link-local (RFC 4291) addresses are no public ones, however many they are. */
const PRIVATE_IPV6 = /^f(?:[cd][0-9a-f]{2}|e[89ab][0-9a-f]):/i;
/** An IPv4 network in the form of IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED = /^(?:0{0,4}:){1,5}(?:0{0,4}:)*:?ffff:/i;

function isTooWide(proxy: string): boolean {
  const [address = '', prefix] = proxy.split('/');
  if (/^(?:0\.0\.0\.0|[0:]+)$/.test(address)) return true;
  if (prefix === undefined) return false;
  if (isIPv4(address)) return Number(prefix) < WIDEST.ipv4;
  if (MAPPED.test(address)) return Number(prefix) < 96 + WIDEST.ipv4;
  return !PRIVATE_IPV6.test(address) && Number(prefix) < WIDEST.ipv6;
}

/** A proxy that is trusted: an address, a network or one of Express' names of networks. */
export const proxy = z
  .union(
    [z.enum(['loopback', 'linklocal', 'uniquelocal']), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
    MESSAGE,
  )
  .refine((text) => !isTooWide(text), 'is too wide: whoever is in it is trusted');

/** `true` is rejected: it would trust X-Forwarded-Host from any client. */
export const trustProxy: z.ZodType<TrustProxy> = z
  .string()
  .transform((text): unknown =>
    text === 'false' ? false : /^\d{1,2}$/.test(text) ? Number(text) || false : text,
  )
  .pipe(z.union([z.literal(false), z.number(), z.string()]))
  .transform((value, context): TrustProxy => {
    if (typeof value !== 'string') return value;
    const proxies = listOf(proxy).safeParse(value);
    if (proxies.success) return proxies.data;
    for (const issue of proxies.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    return z.NEVER;
  });
