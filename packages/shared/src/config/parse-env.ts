import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Env = Readonly<Record<string, string | undefined>>;

/** Exit code of a process with an invalid configuration (`EX_CONFIG` of sysexits.h). */
export const CONFIG_EXIT_CODE = 78;

const BULLET = '  - ';

/** All errors of a configuration together. Each names a setting and never shows its value. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';

  constructor(readonly errors: readonly string[]) {
    super(['The configuration is invalid:', ...errors.map((error) => `${BULLET}${error}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

/** Extracts the errors of a printed ConfigError from the output it was printed to. */
export function errorsIn(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith(BULLET)).map((line) => line.slice(BULLET.length));
}

/**
 * Parses environment variables with a schema whose keys are their names. Each `X` may be given as `X_FILE`, the path of a
 * file whose trimmed content is the value. An empty variable counts as not set. Where a missing variable is required for a
 * reason, the error of its schema may give it: `is required by ...`.
 *
 * @throws {ConfigError} with every error of these variables
 */
export function parseEnv<Shape extends z.ZodRawShape>(shape: Shape, env: Env): z.output<z.ZodObject<Shape>> {
  const errors: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(...error.errors);
    }
  }
  const parsed = z.object(shape).safeParse(values);
  if (!parsed.success) {
    errors.push(
      ...parsed.error.issues
        .filter((issue) => !errors.some((error) => error.startsWith(`${String(issue.path[0])}_FILE`)))
        .map((issue) => describe(String(issue.path[0]), issue, values)),
    );
  }
  if (!parsed.success || errors.length > 0) throw new ConfigError(errors);
  return parsed.data;
}

function describe(name: string, issue: z.core.$ZodIssue, values: Readonly<Record<string, string>>): string {
  if (!(name in values)) {
    return issue.message.startsWith('is required') ? `${name} ${issue.message}` : `${name} is required`;
  }
  const [, item] = issue.path;
  const isOneOfSeveral = typeof item === 'number' && values[name]?.includes(',');
  return `${name}${isOneOfSeveral ? ` (item ${String(item + 1)})` : ''}: ${issue.message}`;
}

/**
 * Reads one variable, or the content of the file that `<name>_FILE` names; `undefined` where it is not set.
 *
 * @throws {ConfigError} when both are set, or the file cannot be read
 */
export function readVariable(name: string, env: Env): string | undefined {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (direct && file) throw new ConfigError([`${name}_FILE: set either ${name} or ${name}_FILE, not both`]);
  if (!file) return direct === '' ? undefined : direct;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError([`${name}_FILE: cannot be read (${code})`]);
  }
}
