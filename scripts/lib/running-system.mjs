import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './is-alive.mjs';

/**
 * The system that `npm start` runs in this checkout now; of several, the one started last. Undefined when none runs.
 *
 * @param {string} root
 * @param {'redisUrl' | 'webhookUrl'} needed what has to be known of it
 * @returns {{ prefix: string, redisUrl?: string, webhookUrl?: string,
 *   account?: { accountSid: string, authToken: string } } | undefined}
 */
export function runningSystem(root, needed) {
  const folder = join(root, 'data/run');
  return files(folder)
    .map((name) => read(join(folder, name)))
    .filter((run) => run?.[needed] && isAlive(run.pid))
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
