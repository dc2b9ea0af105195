import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from './search-path';

/** A program that runs on this machine, and the version that it prints. */
export interface InstalledProgram {
  readonly file: string;
  readonly version: string;
}

/**
 * Yields the programs of this name on PATH, and in the folders of system daemons, that run.
 *
 * @param pattern finds the version, its first group, in the output of `--version`; a program without one is another one
 * @param options `argv0`: the name that it runs under. `path`: instead of PATH
 */
export function* installedPrograms(
  name: string,
  pattern: RegExp,
  { argv0, path }: { readonly argv0?: string; readonly path?: string | undefined } = {},
): Generator<InstalledProgram, undefined> {
  for (const folder of searchPath(path)) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    // Some releases of Prometheus print it to standard error.
    const { stdout, stderr } = spawnSync(file, ['--version'], { argv0, timeout: 10_000, encoding: 'utf8' });
    const version = pattern.exec(`${stdout}\n${stderr}`)?.[1];
    if (version !== undefined) yield { file, version };
  }
}
