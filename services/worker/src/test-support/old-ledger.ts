import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';

export const keyAsSpelled = (prefix: string, { workspace, channel, phone }: Subject): string =>
  `${prefix}:ledger:{${workspace}:${channel}:${phone}}`;

/** The ledger of a version that stores an entry under the spelling that Twilio sent, and merges none. */
export function oldLedger(redis: Redis | Cluster, prefix: string): Ledger {
  return Object.assign(new Ledger(redis, { prefix }), {
    key: (subject: Subject) => keyAsSpelled(prefix, subject),
    historyKey: (subject: Subject) => keyAsSpelled(prefix, subject).replace(':ledger:', ':history:'),
    twins: { merge: () => Promise.resolve() },
  });
}
