import type { MetricDefinition } from '../service/metric-definitions';

/** What the objective is watched by; both services have these. */
export const UNAPPLIED_METRICS = {
  oldest: {
    name: 'optout_oldest_unapplied_seconds',
    help: 'Age of the oldest live opt-out that Customer.io does not hold yet, in the spool of this process or in Redis; 0 when there is none. Use max by (workspace).',
    type: 'gauge',
    labels: ['workspace'],
  },
  unapplied: {
    name: 'optout_unapplied',
    help: 'Live opt-outs that Customer.io does not hold yet, in the spool of this process and in Redis; a large batch that is not parsed counts as one. Use max by (workspace); add what other spools hold: optout_unapplied_spooled.',
    type: 'gauge',
    labels: ['workspace'],
  },
  late: {
    name: 'optout_unapplied_late',
    help: 'Those of optout_unapplied that were received more than 60 s ago. Use max by (workspace).',
    type: 'gauge',
    labels: ['workspace'],
  },
  spooled: {
    name: 'optout_unapplied_spooled',
    help: 'Those of optout_unapplied that are in the spool of this process, which no other process counts. Use sum by (workspace).',
    type: 'gauge',
    labels: ['workspace'],
  },
  lateSpooled: {
    name: 'optout_unapplied_late_spooled',
    help: 'Those of optout_unapplied_spooled that were received more than 60 s ago. Use sum by (workspace).',
    type: 'gauge',
    labels: ['workspace'],
  },
  unassigned: {
    name: 'optout_unassigned_events',
    help: 'Inbound events of accounts that are not configured: they wait for an operator. Use max.',
    type: 'gauge',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;
