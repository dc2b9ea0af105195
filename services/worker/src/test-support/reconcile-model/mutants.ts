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
const REQUESTS = `${RECONCILE}/forced-sync-requests.ts`;
const ATTRIBUTES = 'services/worker/src/destinations/attributes.ts';
const COMPARE = 'services/worker/src/destinations/compare.ts';
const DIFFERING = 'services/worker/src/destinations/differing-people.ts';
const SYNC = 'services/worker/src/jobs/sync-job.ts';
const APPLY = 'services/worker/src/jobs/apply-version.ts';
const CUSTOMERIO = 'packages/customerio/src';
const PERMITTED = /\(kind === 'orphaned' \|\| kind === 'looser_policy'\) && allowOptIn\.includes\(cioId\)/;

/** Seeded defects of the reconciler, one of each kind. The model test must fail with each of them. */
export const MUTANTS: Readonly<Record<string, readonly Mutation[]>> = {
  /** `true` is written with the old timestamp, so that it loses against a later value. */
  'timestamp-not-raised': [
    { path: COMPARE, find: /await raise\(overwritten\.map\([^;]*\)\)/, replace: 'entry.timestamp' },
  ],
  /** Another value than true counts as no drift. */
  'reverted-ignored': [
    { path: COMPARE, find: /kind === 'missing' \|\| kind === 'reverted'/, replace: "kind === 'missing'" },
  ],
  /** A value that is read right after our own write counts as drift. */
  'lag-ignored': [{ path: DIFFERING, find: /now - \(entry\.writtenAt \?\? 0\) < lagMs/, replace: 'false' }],
  /** A comparison sets back, unasked, what a laxer policy would. */
  'compare-opts-in': [{ path: COMPARE, find: PERMITTED, replace: "kind === 'looser_policy'" }],
  /** A comparison sets back, unasked, people who no longer have the number. */
  'orphans-opted-in': [{ path: COMPARE, find: PERMITTED, replace: "kind === 'orphaned'" }],
  /** Whoever was written to once counts as having the number. */
  'number-not-compared': [
    {
      path: `${CUSTOMERIO}/compare-people.ts`,
      find: /hasNumber: found\.has\(cioId\) \|\|/,
      replace: 'hasNumber: true ||',
    },
  ],
  /** A version is written again though it is applied. */
  'applied-again': [{ path: SYNC, find: /isUnapplied\(entry\)/, replace: 'true' }],
  /** An opt-out that arrives late, and does not decide, writes `false` again. */
  'late-stop-opts-in': [
    { path: ATTRIBUTES, find: /optedOut \|\| !hasNewStopsOnly\(entry\)/, replace: 'true' },
  ],
  /** A START opts in whoever is found by a number without its country. */
  'national-opts-in': [
    { path: `${CUSTOMERIO}/lookup.ts`, find: /withoutNational\(options\)/, replace: 'options' },
  ],
  'sweep-skips-whatsapp': [
    {
      path: WALK,
      find: /isTwin\(subject\) \|\| isUnapplied\(entry\) \|\| isCompared\(entry\) \|\| this\.isListed\(subject, entry\)/,
      replace: "subject.channel === 'sms' && ($&)",
    },
    {
      path: WALK,
      find: /return entry && !isUnapplied/,
      replace: "return channel === 'whatsapp' && entry && !isUnapplied",
    },
  ],
  /** The first page of a pass is read and forgotten. */
  'page-skipped': [
    { path: WALK, find: /(?=await Promise\.all\(compared\.map)/, replace: 'if (pass.examined > 0) ' },
  ],
  /** The policy `last` applies everywhere. */
  'policy-ignored': [{ path: SYNC, find: /target\.policy\)/, replace: "'last')" }],
  /** The sweep does not notice events without a sync job. */
  'sweep-ignores-unapplied': [
    { path: WALK, find: /isUnapplied\(entry\) \|\| isCompared/, replace: 'isCompared' },
  ],
  /** The index of unapplied entries is never read, and a pass does not wait for them. */
  'unapplied-index-ignored': [
    { path: WALK, find: /await Promise\.all\(unapplied\.map/, replace: 'false && $&' },
    {
      path: `${RECONCILE}/unapplied-search.ts`,
      find: /await unapplied\.list\(workspace, page\)/,
      replace: '[] as Awaited<ReturnType<typeof unapplied.list>>',
    },
  ],
  /** A forced sync whose job vanished is not asked for again. */
  'lost-forced-sync': [
    { path: REQUESTS, find: /of page\.marks\) \{/, replace: 'of [] as typeof page.marks) {' },
  ],
  'second-look-dropped': [{ path: APPLY, find: /await looks\.schedule\(subject\)/, replace: '0' }],
  /** The reconciler enqueues its syncs before live traffic. */
  'sweep-in-live-lane': [
    { path: REQUESTS, find: /lane: Lane = 'background'/, replace: "lane: Lane = 'live'" },
  ],
  /** Requests do not wait for their slot of the rate limit. */
  'budget-ignored': [
    {
      path: `${CUSTOMERIO}/rate-limiter.ts`,
      find: /= reply as \[number, number\]/,
      replace: '= [1, 0 * (reply as [number, number])[0]]',
    },
  ],
  /** People are written to by an identifier that creates them. */
  'people-created': [
    { path: ATTRIBUTES, find: /\{ cio_id: cioId \}/, replace: '{ id: cioId } as never' },
    { path: `${CUSTOMERIO}/track-api.ts`, find: /, _update: true/, replace: '' },
  ],
};
