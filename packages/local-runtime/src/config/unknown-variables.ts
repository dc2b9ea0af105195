import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { VARIABLES, isVariable, type Env } from '@optout-sync/shared/config';

const LOOKS_LIKE_OURS = /^(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_/;

/** A name that differs by more insertions, deletions and replacements is not suggested. */
const MOST_EDITS = 3;

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

function closestMatch(name: string, names: readonly string[]): string | undefined {
  const found = closest(name, names);
  return distance(name, found) <= MOST_EDITS ? found : undefined;
}

/** The variables that a configuration file refers to; none where it cannot be read, which its reader reports. */
function referencesIn(file: string): Set<string> {
  try {
    return new Set([...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
  } catch {
    return new Set();
  }
}
