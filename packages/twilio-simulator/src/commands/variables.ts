import { readFileSync } from 'node:fs';
import { SimulatorError, type Terminal } from './terminal';

/** A setting as the services take it: the value of `name`, or the content of the file that `name`_FILE names. */
export function setting(env: Terminal['env'], name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name] || !file) return env[name]?.trim() || undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    throw new SimulatorError(`${name}_FILE cannot be read`);
  }
}

/** The first of a list, as of tokens: the present one, with which Twilio signs. */
export function firstOf(env: Terminal['env'], name: string): string | undefined {
  return setting(env, name)?.split(',')[0]?.trim();
}
