// Plain JavaScript: scripts/ runs this file before anything is built.
const fs = require('node:fs');
const { dirname, join, relative, sep } = require('node:path');

const { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } =
  fs;

/*
 * Builds what runs: each TypeScript file on its own, without checking types, which takes a second instead of the half
 * minute of `tsc`. `npm run build` and the images use `tsc`; both write to dist/, and each notices what the other wrote.
 */

/** @type {import('@swc/core').Options} The same language and module format as tsconfig.base.json. */
const OPTIONS = {
  swcrc: false,
  sourceMaps: true,
  jsc: { transform: { react: { runtime: 'automatic', importSource: 'preact' } }, target: 'es2023' },
  module: { type: 'commonjs', ignoreDynamic: true },
};

const RECORD = 'node_modules/.cache/optout-sync/transpiled.json';

/** @typedef {Record<string, string>} BuildRecord from each built file, relative to the root, to what it was built from */

/**
 * Brings dist/ of all workspaces up to date: transpiles or copies each source that has changed, and removes each built file
 * without a source.
 *
 * @param {string} root the checkout
 * @param {() => void} [onChange] called before each file that is built
 * @returns {number} how many files were built or removed
 * @throws {Error} naming the file, when one has a syntax error
 */
function transpile(root, onChange = () => undefined) {
  const record = readRecord(root);
  /** @type {BuildRecord} */
  const next = {};
  let changes = 0;
  for (const workspace of workspaces(root)) {
    const outputs = new Set();
    for (const { source, output, copy } of sourcesOf(root, workspace)) {
      outputs.add(output);
      if (!copy) outputs.add(`${output}.map`);
      const from = stamp(join(root, source));
      if (record[output] !== `${from} ${stamp(join(root, output))}`) {
        onChange();
        build(root, source, output, copy);
        changes++;
      }
      next[output] = `${from} ${stamp(join(root, output))}`;
    }
    changes += removeOthers(root, join(workspace, 'dist'), outputs);
  }
  if (changes > 0) write(join(root, RECORD), JSON.stringify({ key: recordKey(), files: next }));
  return changes;
}

/**
 * The folders of the workspaces with sources, relative to the root.
 *
 * @param {string} root
 */
function workspaces(root) {
  const { workspaces: patterns } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return patterns
    .flatMap((/** @type {string} */ pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const folder = pattern.slice(0, -2);
      return readdirSync(join(root, folder)).map((name) => join(folder, name));
    })
    .filter((/** @type {string} */ folder) => existsSync(join(root, folder, 'tsconfig.build.json')));
}

/**
 * What is built from a workspace: the files that its tsconfig.build.json includes, and those that are no code.
 *
 * @param {string} root
 * @param {string} workspace
 */
function sourcesOf(root, workspace) {
  const noSupport = readFileSync(join(root, workspace, 'tsconfig.build.json'), 'utf8').includes(
    'test-support',
  );
  return readdirSync(join(root, workspace, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|js|lua|json)$/.test(entry.name))
    .map((entry) => relative(join(root, workspace, 'src'), join(entry.parentPath, entry.name)))
    .filter((name) => !/\.(test|d)\.ts$/.test(name))
    .filter((name) => !(noSupport && name.split(sep).includes('test-support')))
    .map((name) => ({
      source: join(workspace, 'src', name),
      output: join(workspace, 'dist', name.replace(/\.tsx?$/, '.js')),
      copy: !/\.tsx?$/.test(name),
    }));
}

/**
 * @param {string} root
 * @param {string} source
 * @param {string} output
 * @param {boolean} copy
 */
function build(root, source, output, copy) {
  const [from, to] = [join(root, source), join(root, output)];
  if (copy) {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    return;
  }
  // Loaded on demand: a start without changes does not need it.
  const swc = require('@swc/core');
  const filename = relative(dirname(to), from);
  const { code, map } = swc.transformSync(readFileSync(from, 'utf8'), {
    ...OPTIONS,
    jsc: { ...OPTIONS.jsc, parser: { syntax: 'typescript', tsx: source.endsWith('.tsx') } },
    filename: from,
    sourceFileName: filename,
  });
  const name = output.slice(output.lastIndexOf(sep) + 1);
  write(`${to}.map`, map ?? '');
  write(to, `${code}//# sourceMappingURL=${name}.map\n`);
}

/**
 * Removes the files of a folder that are not built from a source any more. Returns how many.
 *
 * @param {string} root
 * @param {string} dist
 * @param {Set<unknown>} outputs
 */
function removeOthers(root, dist, outputs) {
  if (!existsSync(join(root, dist))) return 0;
  const stale = readdirSync(join(root, dist), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    // tsc's declarations belong to the built file beside them.
    .filter((file) => !outputs.has(file) && !outputs.has(file.replace(/\.d\.ts(\.map)?$/, '.js')));
  for (const file of stale) rmSync(join(root, file), { force: true });
  return stale.length;
}

/**
 * Distinguishes the versions of a file; `none` where there is no file.
 *
 * @param {string} file
 */
function stamp(file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}` : 'none';
}

/** Another version of the compiler, or other options, build everything again. */
function recordKey() {
  return `${require('@swc/core/package.json').version} ${JSON.stringify(OPTIONS)}`;
}

/**
 * @param {string} root
 * @returns {BuildRecord}
 */
function readRecord(root) {
  try {
    const { key, files } = JSON.parse(readFileSync(join(root, RECORD), 'utf8'));
    return key === recordKey() ? files : {};
  } catch {
    return {};
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

module.exports = { transpile };
