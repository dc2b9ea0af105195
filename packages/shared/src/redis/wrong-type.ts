import { z } from 'zod';
import { maskPhone } from '../domain/phone';

/** What ioredis adds to an error that Redis answers: the command. Arguments may be binary. */
const WrongType = z.object({
  message: z.string().startsWith('WRONGTYPE'),
  command: z.object({ name: z.string(), args: z.array(z.unknown()) }),
});

/** The arguments of these begin with the script and the number of its keys. */
const SCRIPTS = new Set(['eval', 'evalsha', 'eval_ro', 'evalsha_ro']);

/**
 * Returns the key that has another type than a command needs, as after another program wrote it. Of a script it may be any of its
 * keys: these are all. Phones in it are masked.
 *
 * @returns `undefined` for any other error
 */
export function wrongTypeKey(error: unknown): string | undefined {
  // The message of an error is not enumerable.
  const { message, command } = (error ?? {}) as { readonly message?: unknown; readonly command?: unknown };
  const parsed = WrongType.safeParse({ message, command });
  if (!parsed.success) return undefined;
  const { name, args } = parsed.data.command;
  const keys = SCRIPTS.has(name.toLowerCase()) ? args.slice(2, 2 + Number(args[1])) : args.slice(0, 1);
  if (keys.length === 0) return undefined;
  return keys.map((key) => String(key).replaceAll(/\+\d{7,15}/g, maskPhone)).join(' or ');
}
