import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aptSteps, runInstallation, searchPath } from '@optout-sync/local-runtime/install';

/** Finds Chromium, or a browser like it, or installs it. @throws {Error} as `provideProgram` */
export const provideChromium = (mayInstall: boolean, log: (line: string) => void): Promise<string> =>
  provideProgram(['chromium', 'chromium-browser', 'google-chrome'], mayInstall, log);

/**
 * Finds a program on this machine, or installs it by apt where that needs no password.
 *
 * @param names of the program; the first one is also its Debian package's
 * @throws {Error} when there is none and it may not, or cannot, be installed
 */
export async function provideProgram(
  names: readonly [string, ...string[]],
  mayInstall: boolean,
  log: (line: string) => void,
): Promise<string> {
  const find = (): string | undefined =>
    searchPath()
      .flatMap((folder) => names.map((name) => join(folder, name)))
      .find((file) => existsSync(file));
  const [name] = names;
  const found = find();
  if (found !== undefined) return found;
  if (mayInstall) {
    await runInstallation(name, [{ manager: 'apt-get', asRoot: true, steps: aptSteps(name) }], log);
  }
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(`there is no ${name} on PATH; install it (Debian: apt-get install ${name})`);
}
