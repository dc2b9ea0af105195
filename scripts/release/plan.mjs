import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import getReleasePlan from '@changesets/get-release-plan';

/** Of a changeset's kinds, in the order in which CHANGELOG.md has them. Every change has one kind, and a release the highest. */
export const HEADINGS = {
  major: 'Needs attention when you upgrade',
  minor: 'Added and changed',
  patch: 'Fixed',
};

/**
 * Reads the changesets of `root`, which is the root of the repository.
 *
 * @returns the present version; the next one, the same without changesets; and the changesets
 * @throws {Error} for a changeset that is malformed, or when the last release is not named
 */
export async function planOf(root) {
  const present = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const { changesets, releases } = await getReleasePlan(root);
  for (const { id, summary, releases: kinds } of changesets) {
    const file = `.changeset/${id}.md`;
    if (kinds.length === 0)
      throw new Error(`${file} names no package: begin it as \`npm run changeset\` does`);
    if (kinds.some(({ type }) => !(type in HEADINGS)))
      throw new Error(`${file}: a change is major, minor or patch`);
    if (summary.trim() === '') throw new Error(`${file} does not say what changed`);
  }
  if (changesets.length > 0) checkLastRelease(root, present);
  return { present, next: releases[0]?.newVersion ?? present, changesets };
}

/** What follows a release is tested beside it: `npm run test:upgrade`. */
function checkLastRelease(root, present) {
  const file = 'deploy/last-release.json';
  const { version } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  if (version === present) return;
  const commit = existsSync(join(root, '.git')) ? commitOf(root, present) : '';
  const content = JSON.stringify({ version: present, commit: commit || '<its commit>' });
  throw new Error(`there are changes since ${present}, but ${file} names ${version}; write ${content} there`);
}

/** The commit that gave the repository this version. */
const commitOf = (root, version) =>
  execFileSync('git', ['log', '-1', '--format=%H', `-G^  "version": "${version}"`, '--', 'package.json'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
