import type { z } from 'zod';
import { ConsoleError } from './console-error';

/**
 * Returns what a user sent in the form that a schema asks for. Only this blames the user: what Redis holds in another form is a
 * fault of the console.
 *
 * @throws {ConsoleError} `input_invalid`
 */
export function parseInput<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new ConsoleError(400, 'input_invalid', problems.join('; '));
}
