import type { ConfigPath } from './config-path';
import { ConfigError, readVariable, type Env } from './parse-env';

/** What is wrong with a variable that a section names, and where it is named. */
export interface VariableMistake {
  readonly place: ConfigPath;
  readonly message: string;
}

const VARIABLE = /^\$\{(\w+)\}$/;

/**
 * Puts in the variables that a section names: a value that is `${NAME}`, as a whole, becomes that environment variable
 * or the content of the file that NAME_FILE names. What cannot be put in is left out and told among the mistakes.
 */
export function interpolateEnv(section: unknown, env: Env): { value: unknown; mistakes: VariableMistake[] } {
  const mistakes: VariableMistake[] = [];
  const putIn = (value: unknown, place: ConfigPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => putIn(item, [...place, index]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, putIn(item, [...place, key])]),
      );
    }
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const read = readNamed(value, env);
    if ('mistakes' in read) mistakes.push(...read.mistakes.map((message) => ({ place, message })));
    return 'value' in read ? read.value : undefined;
  };
  return { value: putIn(section, []), mistakes };
}

function readNamed(text: string, env: Env): { value: string } | { mistakes: readonly string[] } {
  const name = VARIABLE.exec(text)?.[1];
  if (name === undefined) return { mistakes: ['must be ${NAME} as a whole, or text without ${'] };
  try {
    const value = readVariable(name, env);
    return value === undefined ? { mistakes: [`the variable ${name} is not set`] } : { value };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { mistakes: error.mistakes };
  }
}
