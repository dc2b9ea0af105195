import { readFileSync } from 'node:fs';
import { SimulatorError, type Terminal } from './terminal';

/**
 * An environment variable as the services read it: the value of `name`, or the content of the file named by `name`_FILE.
 *
 * @throws {SimulatorError} when the file cannot be read
 */
export function readVariable(env: Terminal['env'], name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name] || !file) return env[name]?.trim() || undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    throw new SimulatorError(`${name}_FILE cannot be read`);
  }
}

/** The first item of a list; of auth tokens, the one that Twilio signs with at present. */
export function readFirst(env: Terminal['env'], name: string): string | undefined {
  return readVariable(env, name)?.split(',')[0]?.trim();
}
