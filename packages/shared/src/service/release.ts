import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The release that runs. */
export interface Release {
  readonly version: string;
  /** The commit that the image was built of; `unknown` where nothing was built in. */
  readonly commit: string;
}

/**
 * Reads the release from a manifest. `gitHead` is the field in which npm publishes the commit; the build of the images sets it.
 *
 * @throws {Error} when there is no manifest
 */
export function releaseIn(manifest: string): Release {
  const { version, gitHead = '' } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly version: string;
    readonly gitHead?: string;
  };
  return { version, commit: gitHead || 'unknown' };
}

/** That of this package is that of the services: two folders above the compiled and the uncompiled module alike. */
export const RELEASE = releaseIn(join(__dirname, '../../package.json'));

/** Tells the processes of a service apart in logs: a container has a name of its own, several on one machine have their ids. */
export const INSTANCE = `${hostname()}:${String(process.pid)}`;
