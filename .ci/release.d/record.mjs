// node .ci/release.d/record.mjs <commit> <row...>: writes what .ci/release found into the table of docs/reliability.md, each check with the
// date and the commit of its own run. Checks that were not run keep their line. A row: name|passed|failed|not possible|seconds.
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const PAGE = 'docs/reliability.md';
const HEAD = ['check', 'run on', 'commit', 'Node', 'passed', 'failed', 'not possible', 'minutes'];

const [commit, ...rows] = process.argv.slice(2);
const page = readFileSync(PAGE, 'utf8');
const [whole, begin, old, end] = /(<!-- release check -->\n)([^]*?)(\n<!-- end -->)/.exec(page);

const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const lines = new Map(
  old
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => [cellsOf(line)[0], cellsOf(line)]),
);
const date = new Date().toISOString().slice(0, 10);
for (const row of rows) {
  const [name, passed, failed, notPossible, seconds] = row.split('|');
  const node = name.includes('Node of the images') ? nodeOfImages() : process.version;
  lines.set(name, [name, date, commit, node, passed, failed, notPossible, (seconds / 60).toFixed(1)]);
}

const table = [HEAD, HEAD.map(() => '---'), ...lines.values()].map((cells) => `| ${cells.join(' | ')} |`);
const text = page.replace(whole, `${begin}\n${table.join('\n')}\n${end}`);
writeFileSync(PAGE, await format(text, { parser: 'markdown', proseWrap: 'preserve' }));
console.log(`${PAGE}: ${lines.size} checks`);

function nodeOfImages() {
  return `v${/^FROM node:([0-9.]+)/m.exec(readFileSync('deploy/docker/Dockerfile', 'utf8'))[1]}`;
}
