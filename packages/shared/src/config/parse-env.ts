import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Env = Readonly<Record<string, string | undefined>>;

/** The exit code of a process that was configured wrongly (EX_CONFIG of sysexits.h). */
export const CONFIG_EXIT_CODE = 78;

const BULLET = '  - ';

/** Every mistake of a configuration at once, by name and without values. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';

  constructor(readonly mistakes: readonly string[]) {
    super(['The configuration is wrong:', ...mistakes.map((mistake) => `${BULLET}${mistake}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

/** The mistakes of a ConfigError that is printed among these lines. */
export function errorsIn(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith(BULLET)).map((line) => line.slice(BULLET.length));
}

/**
 * Reads the environment through a schema whose keys are variable names. Any `X` may come as `X_FILE`, a path whose
 * content, trimmed, is the value; an empty variable counts as unset. Throws a ConfigError naming every mistake.
 */
export function parseEnv<Shape extends z.ZodRawShape>(shape: Shape, env: Env): z.output<z.ZodObject<Shape>> {
  const mistakes: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  const parsed = z.object(shape).safeParse(values);
  if (!parsed.success) {
    mistakes.push(
      ...parsed.error.issues
        .filter((issue) => !mistakes.some((mistake) => mistake.startsWith(`${String(issue.path[0])}_FILE`)))
        .map((issue) => describe(String(issue.path[0]), issue, values)),
    );
  }
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return parsed.data;
}

function describe(name: string, issue: z.core.$ZodIssue, values: Readonly<Record<string, string>>): string {
  return name in values ? `${name}: ${issue.message}` : `${name} is required`;
}

/** One variable, or the content of the file that `<name>_FILE` names. Throws a ConfigError. */
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
