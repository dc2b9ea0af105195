import type { EnvironmentOptions } from '../environment/environment';
import { mutatedCopy, type Mutation } from './mutated-copy';

/** A seeded defect that the suite must find. */
export interface Mutant {
  /** The scenarios of which at least one must report a violation. */
  readonly killedBy: readonly string[];
  /** Changes of the built services. */
  readonly mutations?: readonly Mutation[];
  /** A mistake in the set-up. */
  readonly withoutAof?: boolean;
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  /** An event that is recorded while the phone's sync runs is not followed by another sync. */
  'no-resync': {
    killedBy: ['customerio-drip'],
    mutations: [
      {
        workspace: 'packages/shared',
        find: /(LPOS[^\n]* then\n\s*)follow\([^\n]*\)/,
        replace: '$1local ignored = id',
      },
      {
        workspace: 'services/worker',
        // In the sync job. The record job adds the phone to the index of unapplied entries first.
        find: /if \(needsSync\)(?=\s*await [^;]*enqueueSync\)\()/,
        replace: 'if (false)',
      },
    ],
  },
  /** The spool resolves before its item is fsynced. */
  'no-fsync': {
    killedBy: ['ingest-killed-spooling'],
    mutations: [
      {
        workspace: 'services/ingest',
        find: /(type: 'put'[\s\S]{0,200}?\bsync: )true/,
        replace: '$1false',
      },
    ],
  },
  /** A webhook is answered before its item is in the spool. */
  'answer-before-spooling': {
    killedBy: ['ingest-killed-spooling'],
    mutations: [
      {
        workspace: 'services/ingest',
        find: /(?:await|return) ((?:this\.)?spool\.append\([^;]*\));/,
        replace: 'void $1.catch(() => undefined);',
      },
    ],
  },
  /** A message counts as a duplicate before the ledger has recorded it. */
  'dedupe-first': {
    killedBy: ['worker-killed-before-record'],
    mutations: [
      {
        workspace: 'services/worker',
        find: /(?=const recorded = await record\(context, batch\);)/,
        replace: `const fresh = [];
          for (const item of batch) {
            const key = 'seen:' + item.event?.messageSid;
            if (await context.ledger.redis.set(key, 1, 'NX')) fresh.push(item);
          }
          batch = fresh;
          `,
      },
    ],
  },
  /** The reconciler walks the ledger and asks for no comparison. */
  'sweep-asks-nothing': {
    killedBy: ['profiles-sweep-killed'],
    mutations: [
      {
        workspace: 'services/worker',
        find: /Promise\.all\(compared\.map\(/,
        replace: 'Promise.all([].map(',
      },
    ],
  },
  /** Redis stores nothing on disk. */
  'no-aof': { killedBy: ['redis-killed'], withoutAof: true },
};

/** Runs `work` on a system with the mutant, or on the product as built. */
export async function withMutant<Result>(
  mutant: Mutant | undefined,
  work: (on: EnvironmentOptions) => Promise<Result>,
): Promise<Result> {
  const { withoutAof, mutations } = mutant ?? {};
  if (!mutations) return work({ withoutAof });
  const copy = await mutatedCopy(mutations);
  try {
    return await work({ services: copy.services, withoutAof });
  } finally {
    await copy.remove();
  }
}
