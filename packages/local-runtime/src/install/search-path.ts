import { delimiter } from 'node:path';
import { inheritedEnv } from '../process/owned-process';

/** The folders in which programs are looked for. A plain user's PATH often lacks the sbin folders. */
export function searchPath(path = inheritedEnv().PATH ?? ''): string[] {
  return [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].filter(Boolean);
}
