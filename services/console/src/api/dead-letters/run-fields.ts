import { z } from 'zod';
import type { DeadLetterFilter, ReplayRun } from '@optout-sync/shared/dead-letters';
import { maskPhone, withoutPhones } from '@optout-sync/shared/domain';
import { iso, isoOrNull, time } from '../http/fields';

/** The filter of a run, with its phone masked. */
export const SelectedFilter = z
  .object({
    ids: z.array(z.string()).optional(),
    code: z.string().optional(),
    stage: z.string().optional(),
    source: z.string().optional(),
    workspace: z.string().optional(),
    phone: z.string().optional(),
    messageSid: z.string().optional(),
    since: time.optional(),
    until: time.optional(),
  })
  .meta({ id: 'SelectedFilter' });

export function shownFilter({ phone, from, to, ...rest }: DeadLetterFilter): z.infer<typeof SelectedFilter> {
  return {
    ...rest,
    ...(phone !== undefined && { phone: maskPhone(phone) }),
    ...(from !== undefined && { since: iso(from) }),
    ...(to !== undefined && { until: iso(to) }),
  };
}

export const Run = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'running', 'finished', 'cancelled']),
    by: z.string(),
    why: z.string(),
    filter: SelectedFilter,
    rate: z.number().nullable().describe('dead letters a second at most'),
    total: z.int().describe('dead letters that met the filter when it was created'),
    done: z.int().describe('those that were requeued'),
    failed: z.int().describe('those that cannot be requeued and stay'),
    skipped: z.int(),
    outcomes: z.record(z.string(), z.int()).describe('requeued jobs that have ended, by outcome'),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'ReplayRun' });

export function runOf(run: ReplayRun): z.infer<typeof Run> {
  const { id, state, by, why, total, done, failed, skipped, outcomes } = run;
  return {
    ...{ id, state, total, done, failed, skipped },
    by: withoutPhones(by),
    why: withoutPhones(why),
    filter: shownFilter(run.filter),
    rate: run.rate ?? null,
    outcomes: { ...outcomes },
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
  };
}
