import { z } from 'zod';
import { listOf } from '@optout-sync/shared/config';
import type { TrustProxy } from '../http/base-url';

const MESSAGE =
  'must be a number of hops, or a list of addresses, CIDR ranges, loopback, linklocal, uniquelocal';

const proxy = z.union(
  [z.enum(['loopback', 'linklocal', 'uniquelocal']), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  MESSAGE,
);

/** `true` is rejected: it would trust X-Forwarded-Host from any client. */
export const trustProxy: z.ZodType<TrustProxy> = z.union(
  [
    z.literal('false').transform(() => false as const),
    z
      .string()
      .regex(/^\d{1,2}$/)
      .transform((hops) => Number(hops) || false),
    listOf(proxy),
  ],
  MESSAGE,
);
