import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import type { Env } from '@optout-sync/shared/config';

const LOOKS_LIKE_OURS = /^(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_/;

/** A name that differs by more insertions, deletions and replacements is not suggested. */
const MOST_EDITS = 3;

/**
 * A warning for each variable that is named like ours although nothing reads it: most likely a typing error, which would
 * leave a default in force. Known are the names in .env.example and those that the file of OPTOUT_CONFIG refers to.
 *
 * @param root the folder of .env.example
 */
export function unknownVariables(env: Env, root: string): string[] {
  const known = namesIn(join(root, '.env.example'), /^#?([A-Z][A-Z0-9_]*)=/gm);
  if (known.size === 0) return [];
  const referredTo = env.OPTOUT_CONFIG ? namesIn(resolve(root, env.OPTOUT_CONFIG), /\$\{(\w+)\}/g) : [];
  const readable = new Set([...known, ...referredTo]);
  return Object.keys(env)
    .filter((name) => env[name] && LOOKS_LIKE_OURS.test(name))
    .filter((name) => !readable.has(name) && !readable.has(name.replace(/_FILE$/, '')))
    .map((name) => {
      const meant = closestMatch(name, [...known]);
      return `warning: ${name} is set, but nothing here reads it${meant ? `: is ${meant} meant?` : ''}`;
    });
}

function closestMatch(name: string, names: readonly string[]): string | undefined {
  const found = closest(name, names);
  return distance(name, found) <= MOST_EDITS ? found : undefined;
}

function namesIn(file: string, pattern: RegExp): Set<string> {
  try {
    const names = [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name = '']) => name);
    return new Set(names);
  } catch {
    return new Set();
  }
}
