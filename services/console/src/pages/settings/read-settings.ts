import { VARIABLES, type Env, type Variable } from '@optout-sync/shared/config';

/** One setting of this console, without a secret. */
export interface Setting {
  readonly name: string;
  readonly meaning: string;
  /** What is shown of it; undefined where it is not set and has no default. */
  readonly value: string | undefined;
  readonly source: 'environment' | 'file' | 'default' | 'not set';
}

/** Reads the settings of this process, in the order of docs/configuration.md. */
export function readSettings(env: Env): Setting[] {
  return Object.entries<Variable>(VARIABLES)
    .filter(([, { readBy }]) => readBy.includes('console'))
    .map(([name, variable]) => ({ name, meaning: variable.meaning, ...valueOf(name, variable, env) }));
}

function valueOf(name: string, variable: Variable, env: Env): Pick<Setting, 'value' | 'source'> {
  const given = env[name];
  const file = env[`${name}_FILE`];
  if (given) return { value: variable.secret ? 'set' : given, source: 'environment' };
  if (file) return { value: variable.secret ? 'set' : `the content of ${file}`, source: 'file' };
  if (variable.default !== undefined) return { value: variable.default, source: 'default' };
  return { value: undefined, source: 'not set' };
}
