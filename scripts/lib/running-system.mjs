import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './is-alive.mjs';

/**
 * The system that `npm start` runs in this checkout now; of several, the one started last. Undefined when none runs.
 *
 * @param {string} root
 * @returns {{ redisUrl: string, prefix: string } | undefined}
 */
export function runningSystem(root) {
  const folder = join(root, 'data/run');
  return files(folder)
    .map((name) => read(join(folder, name)))
    .filter((run) => run?.redisUrl && isAlive(run.pid))
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
}

function files(folder) {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
