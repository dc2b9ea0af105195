import { z } from 'zod';
import { OperationError, type PreviewedSet } from '@optout-sync/operations';
import type { ConsoleRequest } from '../../http/route';
import { readBulkSelection } from './selection';

const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const Fields = z.object({
  revision: whole,
  count: whole,
  rate: z
    .literal('')
    .transform(() => undefined)
    .or(whole.pipe(z.number().min(1).max(10_000)))
    .optional(),
  /** Missing in a discard. */
  once: z.string().min(1).max(100).optional(),
});

/**
 * Reads the form of a preview: the set that it showed.
 *
 * @throws {OperationError} `preview_missing`, and what {@link readBulkSelection} throws
 */
export function readBulkForm({ form, context }: Pick<ConsoleRequest, 'form' | 'context'>): {
  readonly set: PreviewedSet;
  readonly rate: number | undefined;
  readonly once: string | undefined;
} {
  const { filter } = readBulkSelection(form, context.people);
  const parsed = Fields.safeParse(Object.fromEntries(form));
  if (!parsed.success) {
    throw new OperationError(
      'preview_missing',
      'the form names no preview, or an invalid rate: preview it again',
    );
  }
  const { revision, count, rate, once } = parsed.data;
  return { set: { filter, revision, count }, rate, once };
}
