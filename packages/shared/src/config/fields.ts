import { z } from 'zod';

/** A comma-separated list of at least one item, trimmed, without empty ones. */
export function listOf<Item extends z.ZodType<unknown, string>>(
  item: Item,
): z.ZodType<z.output<Item>[], string> {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).min(1, 'needs at least one item'));
}

/** A whole number within bounds. */
export const integer = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${String(min)} to ${String(max)}`)
    .transform(Number)
    .refine(
      (value) => value >= min && value <= max,
      `must be a whole number from ${String(min)} to ${String(max)}`,
    );

export const port = integer(0, 65_535);

/** An http or https base URL, kept without its trailing slash. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));
