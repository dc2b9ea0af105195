import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether node_modules holds what package-lock.json asks for, by npm's own record of the installation. npm writes that
 * record last, so an interrupted installation does not count.
 *
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules/.package-lock.json'));
  if (!wanted || !installed) return false;
  const missing = Object.keys(wanted).filter(
    (path) => path !== '' && !installed[path] && !mayBeAbsent(wanted[path]),
  );
  const different = Object.keys(installed).filter((path) => !isSame(installed[path], wanted[path]));
  return missing.length + different.length === 0;
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm leaves optional packages out where they do not fit the platform. */
function mayBeAbsent({ optional, devOptional, peer }) {
  return optional || devOptional || peer;
}

function isSame(one, other) {
  return ['version', 'resolved', 'integrity', 'link'].every((field) => one[field] === other?.[field]);
}
