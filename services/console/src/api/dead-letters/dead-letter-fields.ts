import { z } from 'zod';
import { Stage, indexTerms, type StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { iso, time } from '../http/fields';

/** A dead letter without what is undone, which may be large. */
export const DeadLetterSummary = z
  .object({
    id: z.string(),
    stage: Stage,
    code: z.string().describe('an error code of docs/operations.md'),
    message: z.string(),
    type: z.string().describe('event, sync, destination, forward, people or raw'),
    workspace: z.string().nullable(),
    phone: z.string().nullable(),
    messageSids: z.array(z.string()),
    attempts: z.int(),
    firstFailedAt: time,
    lastFailedAt: time,
    run: z.string().nullable().describe('the run that is replaying it'),
  })
  .meta({ id: 'DeadLetterSummary' });

/** @param shown shows the phones in a text */
export function summaryOf(
  { id, deadLetter, run }: StoredDeadLetter,
  workspaceOf: WorkspaceOf,
  shown: (text: string) => string,
): z.infer<typeof DeadLetterSummary> {
  const { stage, code, message, undone, attempts, firstFailedAt, lastFailedAt } = deadLetter;
  const { workspace, phone, messageSids } = indexTerms(deadLetter, workspaceOf);
  return {
    id,
    stage,
    code,
    message: shown(message),
    type: undone.type,
    workspace: workspace ?? null,
    phone: phone === undefined ? null : shown(phone),
    messageSids: [...messageSids],
    attempts: attempts.length,
    firstFailedAt: iso(firstFailedAt),
    lastFailedAt: iso(lastFailedAt),
    run: run ?? null,
  };
}

/** The longest stored content in an answer, in characters of JSON. */
const MAX_UNDONE = 100_000;

export const DeadLetterDetails = z
  .object({
    ...DeadLetterSummary.omit({ attempts: true }).shape,
    attempts: z.array(z.object({ at: time, code: z.string(), status: z.int().optional() })),
    undone: z
      .string()
      .nullable()
      .describe(
        'with reveal=true: what a replay requeues, as JSON, cut off after 100,000 characters; it may hold what a person wrote',
      ),
    undoneLength: z.int().describe('in characters'),
  })
  .meta({ id: 'DeadLetter' });

export function detailsOf(
  stored: StoredDeadLetter,
  workspaceOf: WorkspaceOf,
  { shown, reveal }: { readonly shown: (text: string) => string; readonly reveal: boolean },
): z.infer<typeof DeadLetterDetails> {
  const { attempts, undone } = stored.deadLetter;
  const json = JSON.stringify(undone);
  return {
    ...summaryOf(stored, workspaceOf, shown),
    attempts: attempts.map(({ at, ...attempt }) => ({ at: iso(at), ...attempt })),
    undone: reveal ? json.slice(0, MAX_UNDONE) : null,
    undoneLength: json.length,
  };
}
