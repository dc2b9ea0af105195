import { LAG_MS } from '@optout-sync/customerio';

/** The times of the reconciler, in ms. Tests replace them. */
export interface ReconcileTimes {
  /** From one round to the next. */
  readonly roundMs: number;
  /** How long the lease of a worker lasts that is gone. */
  readonly leaseMs: number;
  /** The index and the writes of Customer.io may lag: what is read so soon after our own write proves nothing. */
  readonly lagMs: number;
  /** When to look again for people with a number that nobody had; missing: the default of `SecondLooks`. */
  readonly lookDelaysMs?: readonly number[];
  /** When to look again for a person who got a stopped number; missing: the default of `PersonLooks`. */
  readonly personLookDelaysMs?: readonly number[];
  /** From one search for phones without a sync job to the next. */
  readonly unappliedEveryMs: number;
  /** How long an event may wait before its phone is searched for. */
  readonly unappliedAfterMs: number;
  /** How long no comparison of a pass ends before those that are left do not hold up the next pass any more. */
  readonly stallMs: number;
  /** How long the first pass of a workspace only reports. */
  readonly firstReportMs: number;
}

export const RECONCILE_TIMES: ReconcileTimes = {
  roundMs: 1_000,
  leaseMs: 15_000,
  lagMs: LAG_MS,
  unappliedEveryMs: 15_000,
  unappliedAfterMs: 30_000,
  stallMs: 60_000,
  firstReportMs: 3_600_000,
};
