import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from '../install/search-path';

/** A Prometheus server that can be run. */
export interface PrometheusBinary {
  readonly file: string;
  /** e.g. "2.42.0". */
  readonly version: string;
}

/** The first Prometheus on PATH, or in the folders of system daemons, that runs. */
export function findPrometheus(path?: string): PrometheusBinary | undefined {
  for (const folder of searchPath(path)) {
    const file = join(folder, 'prometheus');
    const version = existsSync(file) ? versionOf(file) : undefined;
    if (version !== undefined) return { file, version };
  }
  return undefined;
}

function versionOf(file: string): string | undefined {
  // Some releases print it to standard error.
  const { stdout, stderr } = spawnSync(file, ['--version'], { timeout: 10_000, encoding: 'utf8' });
  return /^prometheus, version (\d+\.\d+\.\d+)/m.exec(`${stdout}\n${stderr}`)?.[1];
}
