import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import type { Env } from './parse-env';
import { REMOVED_VARIABLES } from './removed-variables';
import { VARIABLES, isVariable } from './variables';

const LOOKS_LIKE_OURS = /^(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_/;

/** A name that differs by more insertions, deletions and replacements is not suggested. */
const MOST_EDITS = 3;
/** The same for a name without one of our prefixes, which may belong to another program. */
const MOST_EDITS_OF_OTHERS = 2;

/** What Kubernetes sets for each service of the namespace. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const isOfKubernetes = (name: string, value = ''): boolean =>
  OF_KUBERNETES.test(name) || (name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value));

/**
 * Returns a sentence for each variable that is named like ours and that no process reads: one of an earlier version, or most
 * likely a misspelling, which would leave a default in effect. Known are the variables of the table and those that the file
 * of OPTOUT_CONFIG refers to.
 *
 * @param root the folder that a relative OPTOUT_CONFIG is resolved against, by default the present one
 */
export function unknownVariables(env: Env, root = '.'): string[] {
  const references = env.OPTOUT_CONFIG ? referencesIn(resolve(root, env.OPTOUT_CONFIG)) : new Set();
  const isRead = (name: string): boolean => isVariable(name) || references.has(name);
  return Object.keys(env)
    .filter((name) => env[name] && !isRead(name) && !isRead(name.replace(/_FILE$/, '')))
    .filter((name) => !isOfKubernetes(name, env[name]))
    .flatMap((name) => {
      const removed = REMOVED_VARIABLES.get(name.replace(/_FILE$/, ''));
      if (removed !== undefined)
        return [`${name} has no effect any more and can be removed: ${removed}; see docs/upgrade.md`];
      const isOurs = LOOKS_LIKE_OURS.test(name);
      const meant = closestMatch(name, isOurs ? MOST_EDITS : MOST_EDITS_OF_OTHERS);
      if (!isOurs && meant === undefined) return [];
      return [`${name} is set, but nothing here reads it${meant ? `: is ${meant} meant?` : ''}`];
    });
}

function closestMatch(name: string, mostEdits: number): string | undefined {
  const found = closest(name, Object.keys(VARIABLES));
  return distance(name, found) <= mostEdits ? found : undefined;
}

/** The variables that a configuration file refers to; none where it cannot be read, which its reader reports. */
function referencesIn(file: string): Set<string> {
  try {
    return new Set([...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
  } catch {
    return new Set();
  }
}
