import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VARIABLES, isVariable, type Env } from '@optout-sync/shared/config';
import { closestMatch } from './closest-match';

const LOOKS_LIKE_OURS = /^(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_/;

/**
 * Returns a warning for each variable that is named like ours and that no process reads. It is most likely a misspelling,
 * which would leave a default in effect. Known are the variables of the table and those that the file of OPTOUT_CONFIG
 * refers to.
 *
 * @param root the folder that a relative OPTOUT_CONFIG is resolved against
 */
export function unknownVariables(env: Env, root: string): string[] {
  const references = env.OPTOUT_CONFIG ? referencesIn(resolve(root, env.OPTOUT_CONFIG)) : new Set();
  const isRead = (name: string): boolean => isVariable(name) || references.has(name);
  return Object.keys(env)
    .filter((name) => env[name] && LOOKS_LIKE_OURS.test(name))
    .filter((name) => !isRead(name) && !isRead(name.replace(/_FILE$/, '')))
    .map((name) => {
      const meant = closestMatch(name, Object.keys(VARIABLES));
      return `warning: ${name} is set, but nothing here reads it${meant ? `: is ${meant} meant?` : ''}`;
    });
}

/** The variables that a configuration file refers to; none where it cannot be read, which its reader reports. */
function referencesIn(file: string): Set<string> {
  try {
    return new Set([...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
  } catch {
    return new Set();
  }
}
