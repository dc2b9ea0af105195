import type { EnvironmentOptions } from '../environment/environment';
import { mutatedCopy, type Mutation } from './mutated-copy';

/** A mistake that the suite must notice. */
export interface Mutant {
  /** The rows of which one at least must fail. */
  readonly noticedBy: readonly string[];
  /** In the built files. */
  readonly mutations?: readonly Mutation[];
  /** In the set-up. */
  readonly withoutAof?: boolean;
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  /** What is recorded while a phone's sync runs asks for nothing that would follow it. */
  'no-resync': {
    noticedBy: ['customerio-drip'],
    mutations: [
      {
        file: 'packages/shared/dist/queues/enqueue.js',
        find: '{ id, keepLastIfActive: true }',
        replace: '{ id }',
      },
      {
        file: 'services/worker/dist/jobs/sync-job.js',
        find: /if \(needsSync\)\s+await \(0, \w+\.enqueueSync\)\(queues, request, \{ lane \}\);/,
        replace: '',
      },
    ],
  },
  /** The spool answers before its item is fsynced. */
  'no-fsync': {
    noticedBy: ['ingest-killed-spooling'],
    mutations: [
      {
        file: 'services/ingest/dist/spool/journal.js',
        find: /(type: 'put'[^]*?)\{ sync: true \}/,
        replace: '$1{ sync: false }',
      },
    ],
  },
  /** A webhook is answered before its item is in the spool. */
  'answer-before-spooling': {
    noticedBy: ['ingest-killed-spooling'],
    mutations: [
      {
        file: 'services/ingest/dist/spool/spooling-store.js',
        find: 'await this.spool.append(batch, this.now());',
        replace: 'void this.spool.append(batch, this.now()).catch(() => undefined);',
      },
    ],
  },
  /** A message counts as known before the ledger has it. */
  'dedupe-first': {
    noticedBy: ['worker-killed-before-record'],
    mutations: [
      {
        file: 'services/worker/dist/jobs/record-job.js',
        find: 'const { result, needsSync } = await ledger.record(subject, event);',
        replace: [
          "if (!(await ledger.redis.set(`seen:${event.messageSid}`, 1, 'NX'))) return 'duplicate';",
          'const { result, needsSync } = await ledger.record(subject, event);',
        ].join('\n'),
      },
    ],
  },
  /** Redis keeps nothing on disk. */
  'no-aof': { noticedBy: ['redis-killed'], withoutAof: true },
};

/** Does the work on a system with the defect, or without any. */
export async function withMutant<Done>(
  defect: Mutant | undefined,
  work: (on: EnvironmentOptions) => Promise<Done>,
): Promise<Done> {
  const { withoutAof, mutations } = defect ?? {};
  if (!mutations) return work({ withoutAof });
  const copy = await mutatedCopy(mutations);
  try {
    return await work({ services: copy.services, withoutAof });
  } finally {
    await copy.remove();
  }
}
