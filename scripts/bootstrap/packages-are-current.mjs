import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether node_modules holds what package-lock.json asks for, by npm's own record of the installation. npm writes that
 * record last, so an interrupted installation does not count.
 *
 * @param {string} root
 * @param {boolean} withTests whether what only tests and checks need belongs to it. It may be there in any case.
 */
export function packagesAreCurrent(root, withTests) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = installedPackages(root);
  if (!wanted || !installed) return false;
  const missing = Object.keys(wanted).filter(
    (path) => path !== '' && !installed[path] && !mayBeAbsent(wanted[path], withTests),
  );
  const different = Object.keys(installed).filter((path) => !isSame(installed[path], wanted[path]));
  return missing.length + different.length === 0;
}

/** What is installed, as package-lock.json describes it; undefined where nothing is. */
export function installedPackages(root) {
  return lockedPackages(join(root, 'node_modules/.package-lock.json'));
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm leaves optional packages out where they do not fit the platform. */
function mayBeAbsent({ optional, devOptional, peer, dev }, withTests) {
  return optional || devOptional || peer || (dev && !withTests);
}

function isSame(one, other) {
  return ['version', 'resolved', 'integrity', 'link'].every((field) => one[field] === other?.[field]);
}
