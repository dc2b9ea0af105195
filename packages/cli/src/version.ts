import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The release of optout-sync: that of this package, one folder above the compiled and the uncompiled module alike. */
export function release(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
