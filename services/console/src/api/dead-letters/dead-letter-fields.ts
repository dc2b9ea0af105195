import { z } from 'zod';
import { indexTerms, type DeadLetter, type ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { storedContent } from '../../views/stored-content';
import { iso, isoOrNull, time } from '../http/fields';

/** A dead letter by what its index says. What it holds may be large, or of a later release. */
export const DeadLetterSummary = z
  .object({
    id: z.string(),
    stage: z.string().describe('the step that failed'),
    code: z.string().describe('an error code of docs/operations.md'),
    message: z.string().nullable(),
    type: z.string().nullable().describe('event, sync, destination, forward, people or raw'),
    workspace: z.string().nullable(),
    phone: z.string().nullable(),
    messageSids: z.array(z.string()),
    attempts: z.int(),
    firstFailedAt: time.nullable(),
    lastFailedAt: time,
    run: z.string().nullable().describe('the run that is replaying it'),
    bytes: z.int(),
    unread: z
      .enum(['large', 'unreadable'])
      .nullable()
      .describe(
        'why its content was not read, so that fields are null: it is large, or damaged or of a later release',
      ),
  })
  .meta({ id: 'DeadLetterSummary' });

/** @param shown shows the phones in a text */
export function summaryOf(
  listed: ListedDeadLetter,
  workspaceOf: WorkspaceOf,
  shown: (text: string) => string,
): z.infer<typeof DeadLetterSummary> {
  const { id, stage, code, workspace, messageSids, attempts, lastFailedAt, run, bytes, content } = listed;
  const stored = contentOf(listed);
  const phone = stored && indexTerms(stored, workspaceOf).phone;
  return {
    ...{ id, stage, code, attempts, bytes },
    message: stored ? shown(stored.message) : null,
    type: stored?.undone.type ?? null,
    workspace: workspace ?? null,
    phone: phone === undefined ? null : shown(phone),
    messageSids: [...messageSids],
    firstFailedAt: isoOrNull(stored?.firstFailedAt),
    lastFailedAt: iso(lastFailedAt),
    run: run ?? null,
    unread: typeof content === 'string' ? content : null,
  };
}

export const contentOf = ({ content }: ListedDeadLetter): DeadLetter | undefined =>
  typeof content === 'string' ? undefined : content;

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
        'with reveal=true: what a replay requeues, as JSON, cut off after 100,000 characters; it may hold what a person wrote. Of the target of a forward it names the host',
      ),
  })
  .meta({ id: 'DeadLetter' });

export function detailsOf(
  listed: ListedDeadLetter,
  workspaceOf: WorkspaceOf,
  { shown, reveal }: { readonly shown: (text: string) => string; readonly reveal: boolean },
): z.infer<typeof DeadLetterDetails> {
  const stored = contentOf(listed);
  return {
    ...summaryOf(listed, workspaceOf, shown),
    attempts: (stored?.attempts ?? []).map(({ at, ...attempt }) => ({ at: iso(at), ...attempt })),
    undone: stored && reveal ? storedContent(stored.undone).slice(0, MAX_UNDONE) : null,
  };
}
