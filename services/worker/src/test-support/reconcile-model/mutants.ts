/** A change of one source file. */
export interface Mutation {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Must match exactly once. */
  readonly find: RegExp;
  readonly replace: string;
}

const RECONCILE = 'services/worker/src/reconcile';
const SWEEP = `${RECONCILE}/sweep.ts`;
const COMPARE = 'services/worker/src/destinations/compare.ts';
const SYNC = 'services/worker/src/jobs/sync-job.ts';

/** Seeded defects of the reconciler, one of each kind. The model test must fail with each of them. */
export const MUTANTS: Readonly<Record<string, readonly Mutation[]>> = {
  /** `true` is written with the old timestamp, so that it loses against a later value. */
  'timestamp-not-raised': [
    {
      path: COMPARE,
      find: /times\.length === 0 \? entry\.timestamp : await raise\(times\)/,
      replace: 'entry.timestamp',
    },
  ],
  /** Another value than true counts as no drift. */
  'reverted-ignored': [
    { path: COMPARE, find: /value !== 'true' && !\(/, replace: 'value === undefined && !(' },
  ],
  /** A value that is read right after our own write counts as drift. */
  'lag-ignored': [{ path: COMPARE, find: /now - \(entry\.writtenAt \?\? 0\) < lagMs/, replace: 'false' }],
  /** A comparison writes what the ledger holds, `false` as well. */
  'compare-opts-in': [
    { path: SWEEP, find: / && isOptedOut\(\[\.\.\.senders\.values\(\)\], policy\) === true/, replace: '' },
    { path: SYNC, find: /mark && optedOut && target\.compare/, replace: 'mark && target.compare' },
    {
      path: COMPARE,
      find: /timestamp \}, optedOut: true \}/,
      replace:
        'timestamp }, optedOut: (Math.max(...[...entry.senders.values()].map(({ orderAt, state }) => state === "stopped" ? orderAt : 0)) > 0) }',
    },
  ],
  /** People who no longer have the number are opted in. */
  'orphans-opted-in': [
    {
      path: COMPARE,
      find: /(?=await writeToPeople\(idsOf\(\w+\), options\.newcomerWriters)/,
      replace: 'await writeToPeople(orphaned, options.writers, { ...optOut, optedOut: false });\n',
    },
  ],
  /** Whoever was written to once counts as having the number. */
  'number-not-compared': [{ path: COMPARE, find: /if \(holds\(cioId, person\)\)/, replace: 'if (true)' }],
  /** A version is written again though it is applied. */
  'applied-again': [
    {
      path: SYNC,
      find: /entry\.version > entry\.appliedVersion/,
      replace: 'entry.version >= entry.appliedVersion',
    },
  ],
  'sweep-skips-whatsapp': [
    {
      path: SWEEP,
      find: /\(\{ entry \}: ListedEntry\): boolean => isUnapplied/,
      replace: "({ entry, subject }: ListedEntry): boolean => subject.channel === 'sms' && isUnapplied",
    },
    {
      path: SWEEP,
      find: /\|\| isInForce\(entry, policy\)/,
      replace: "|| (subject.channel === 'sms' && isInForce(entry, policy))",
    },
  ],
  /** The first page of a pass is read and forgotten. */
  'page-skipped': [
    { path: SWEEP, find: /of page\.entries\) \{/, replace: 'of state.examined === 0 ? [] : page.entries) {' },
  ],
  /** The sweep applies the policy `last` everywhere. */
  'policy-ignored': [
    {
      path: SWEEP,
      find: /\[\.\.\.senders\.values\(\)\], policy\)/,
      replace: "[...senders.values()], 'last')",
    },
  ],
  /** The sweep does not notice events without a sync job. */
  'sweep-ignores-unapplied': [
    { path: SWEEP, find: /isUnapplied\(entry\) \|\| isInForce/, replace: 'isInForce' },
  ],
  /** The index of unapplied entries is never read. */
  'unapplied-index-ignored': [
    {
      path: `${RECONCILE}/unapplied-search.ts`,
      find: /await unapplied\.list\(workspace, page\)/,
      replace: '[] as Awaited<ReturnType<typeof unapplied.list>>',
    },
  ],
  /** A forced sync whose job vanished is not asked for again. */
  'lost-forced-sync': [
    {
      path: `${RECONCILE}/forced-sync-requests.ts`,
      find: /of page\.marks\) \{/,
      replace: 'of [] as typeof page.marks) {',
    },
  ],
  'second-look-dropped': [
    {
      path: SYNC,
      find: /if \(outcome === 'no_match' && optedOut\) await looks\.schedule\(subject\);/,
      replace: '',
    },
  ],
  /** The reconciler enqueues its syncs before live traffic. */
  'sweep-in-live-lane': [
    {
      path: `${RECONCILE}/forced-sync-requests.ts`,
      find: /lane: Lane = 'background'/,
      replace: "lane: Lane = 'live'",
    },
  ],
  /** Requests do not wait for their slot of the rate limit. */
  'budget-ignored': [
    {
      path: 'packages/customerio/src/rate-limiter.ts',
      find: /= reply as \[number, number\]/,
      replace: '= [1, 0 * (reply as [number, number])[0]]',
    },
  ],
  /** People are written to by an identifier that creates them. */
  'people-created': [
    {
      path: 'services/worker/src/destinations/attributes.ts',
      find: /\{ cio_id: cioId \}/,
      replace: '{ id: cioId } as never',
    },
    { path: 'packages/customerio/src/track-api.ts', find: /, _update: true/, replace: '' },
  ],
};
