// npm run release:version: makes the next release of the changesets. It sets the version everywhere, moves the changesets into
// CHANGELOG.md, and prints what to do next. `-- 1.2.3` sets that version instead, as for manifests that a merge brings.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADINGS, planOf } from './plan.mjs';
import { setVersion } from './set-version.mjs';

const root = process.cwd();
const KINDS = Object.keys(HEADINGS);

/** The section of a release, under the headings of its kinds of changes. */
function section(version, changesets) {
  const parts = KINDS.flatMap((kind) => {
    const entries = changesets.filter(({ releases }) => kindOf(releases) === kind);
    const lines = entries.map(({ summary }) => `- ${summary.trim().replaceAll(/\n(?=.)/g, '\n  ')}`);
    return lines.length === 0 ? [] : [`### ${HEADINGS[kind]}\n\n${lines.join('\n')}\n`];
  });
  const day = new Date().toISOString().slice(0, 10);
  return [`## [${version}] - ${day}\n`, ...parts].join('\n');
}

/** The highest of a changeset. */
const kindOf = (releases) => KINDS.find((kind) => releases.some(({ type }) => type === kind));

async function makeVersion() {
  const { present, next, changesets } = await planOf(root);
  if (changesets.length === 0) throw new Error(`no changes since ${present}: there is nothing to release`);
  const file = join(root, 'CHANGELOG.md');
  const changelog = readFileSync(file, 'utf8');
  const at = changelog.indexOf('\n## ') + 1;
  writeFileSync(file, `${changelog.slice(0, at)}${section(next, changesets)}\n${changelog.slice(at)}`);
  setVersion(root, next);
  for (const { id } of changesets) rmSync(join(root, '.changeset', `${id}.md`));
  console.log(
    `${next}: read CHANGELOG.md, then\n  git commit -am 'chore(release): ${next}'\n  git tag v${next}`,
  );
}

try {
  const [version] = process.argv.slice(2);
  if (version) setVersion(root, version);
  else await makeVersion();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
