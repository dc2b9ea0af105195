import type { ConfigPath } from './config-path';
import { ConfigError, readVariable, type Env } from './parse-env';

/** What is wrong with a variable that a section refers to, and where. */
export interface InterpolationError {
  readonly path: ConfigPath;
  readonly message: string;
}

const REFERENCE = /^\$\{(\w+)\}$/;

/**
 * Replaces references to variables in a section. A value that is `${NAME}`, as a whole, becomes that environment variable,
 * or the content of the file that NAME_FILE names. A reference that cannot be resolved becomes `undefined` and is
 * reported among the errors.
 */
export function interpolateEnv(
  section: unknown,
  env: Env,
): { value: unknown; errors: readonly InterpolationError[] } {
  const errors: InterpolationError[] = [];
  const interpolate = (value: unknown, path: ConfigPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => interpolate(item, [...path, index]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, interpolate(item, [...path, key])]),
      );
    }
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const resolved = resolve(value, env);
    if ('errors' in resolved) errors.push(...resolved.errors.map((message) => ({ path, message })));
    return 'value' in resolved ? resolved.value : undefined;
  };
  return { value: interpolate(section, []), errors };
}

function resolve(text: string, env: Env): { value: string } | { errors: readonly string[] } {
  const name = REFERENCE.exec(text)?.[1];
  if (name === undefined) return { errors: ['must be ${NAME} as a whole, or text without ${'] };
  try {
    const value = readVariable(name, env);
    return value === undefined ? { errors: [`the variable ${name} is not set`] } : { value };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { errors: error.errors };
  }
}
