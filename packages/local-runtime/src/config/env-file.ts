import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDERS } from './folders';

/** Adds the variables of this checkout's .env, if there is one, to those of the process; the latter win. */
export function loadEnvFile(): void {
  const file = join(FOLDERS.root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
