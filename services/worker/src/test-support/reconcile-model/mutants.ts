/** A change of one source file. */
export interface Mutation {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Must match exactly once. */
  readonly find: RegExp;
  readonly replace: string;
}

const RECONCILE = 'services/worker/src/reconcile';
const WALK = `${RECONCILE}/ledger-walk.ts`;
const COMPARE = 'services/worker/src/destinations/compare.ts';
const DIFFERING = 'services/worker/src/destinations/differing-people.ts';
const SYNC = 'services/worker/src/jobs/sync-job.ts';
const FORCED = 'services/worker/src/jobs/forced-sync.ts';

/** Seeded defects of the reconciler, one of each kind. The model test must fail with each of them. */
export const MUTANTS: Readonly<Record<string, readonly Mutation[]>> = {
  /** `true` is written with the old timestamp, so that it loses against a later value. */
  'timestamp-not-raised': [
    {
      path: COMPARE,
      find: /overwritten\.length === 0 \? entry\.timestamp : await raise\(.*\)/,
      replace: 'entry.timestamp',
    },
  ],
  /** Another value than true counts as no drift. */
  'reverted-ignored': [
    { path: DIFFERING, find: /(?<=case 'reverted':\s+)return true/, replace: 'return false' },
  ],
  /** A value that is read right after our own write counts as drift. */
  'lag-ignored': [{ path: DIFFERING, find: /now - \(entry\.writtenAt \?\? 0\) < lagMs/, replace: 'false' }],
  /** A comparison writes what the ledger holds, `false` as well. */
  'compare-opts-in': [
    {
      path: COMPARE,
      find: /\(kind === 'orphaned' \|\| kind === 'looser_policy'\) && allowOptIn\.includes\(cioId\)/,
      replace: "kind === 'looser_policy'",
    },
    { path: DIFFERING, find: /isKnown && setAt <= entry\.timestamp/, replace: 'true' },
    {
      path: 'packages/customerio/src/compare-people.ts',
      find: /value === 'true' && hasStoppedSender/,
      replace: "value === 'true'",
    },
    { path: FORCED, find: /stoppedSenders\(entry\)\.length > 0/, replace: 'true' },
    {
      path: WALK,
      find: /entry\.appliedVersion && stoppedSenders\(entry\)\.length > 0/,
      replace: 'entry.appliedVersion',
    },
  ],
  /** People who no longer have the number are opted in. */
  'orphans-opted-in': [
    {
      path: COMPARE,
      find: /\(kind === 'orphaned' \|\| kind === 'looser_policy'\) && allowOptIn\.includes\(cioId\)/,
      replace: "kind === 'orphaned'",
    },
  ],
  /** Whoever was written to once counts as having the number. */
  'number-not-compared': [
    {
      path: 'packages/customerio/src/compare-people.ts',
      find: /found\.has\(cioId\) \|\| isSamePhone\(.*\)/,
      replace: 'true',
    },
  ],
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
      path: WALK,
      find: /\(\{ entry \}: ListedEntry\): boolean => isUnapplied\(entry\) \|\| isCompared\(entry\)/,
      replace:
        "({ entry, subject }: ListedEntry): boolean => subject.channel === 'sms' && (isUnapplied(entry) || isCompared(entry))",
    },
    {
      path: WALK,
      find: /return entry && !isUnapplied/,
      replace: "return channel !== 'sms' && entry && !isUnapplied",
    },
  ],
  /** The first page of a pass is read and forgotten. */
  'page-skipped': [
    {
      path: WALK,
      find: /this\.withPartners\(page\.entries\)/,
      replace: 'this.withPartners(pass.examined === 0 ? [] : page.entries)',
    },
  ],
  /** A comparison applies the policy `last` everywhere. */
  'policy-ignored': [
    {
      path: FORCED,
      find: /await compare\(consent, \{/,
      replace:
        "await compare({ ...consent, optedOut: isOptedOut([...entry.senders.values()], 'last') === true }, {",
    },
  ],
  /** The sweep does not notice events without a sync job. */
  'sweep-ignores-unapplied': [{ path: WALK, find: /await unapplied\.add\(subject, since\);/, replace: '' }],
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
