const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

/** The folders of all workspaces, relative to the root. */
const WORKSPACES = [
  ...['packages', 'services'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .map((name) => `${folder}/${name}`)
      .filter((workspace) => existsSync(join(ROOT, workspace, 'package.json'))),
  ),
  'e2e',
  'faults',
  'bench',
];

/** Each subpath that a workspace exports, such as `@optout-sync/shared/domain`, with its source, relative to the root. */
function sourcesOfExports() {
  return WORKSPACES.flatMap((workspace) => {
    const { name, exports = {} } = JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8'));
    return Object.entries(exports).map(([subpath, target]) => ({
      module: `${name}${subpath.slice(1)}`,
      source: `${workspace}/${target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')}`,
    }));
  });
}

module.exports = { ROOT, WORKSPACES, sourcesOfExports };
