import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const OURS = '@optout-sync/';

/** Gives every package, what they require of each other, the images and the chart of `root` one version. */
export function setVersion(root, version) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folders = manifest.workspaces.flatMap((pattern) => foldersOf(root, pattern));
  edit('package.json', ofVersion);
  for (const folder of folders) edit(join(folder, 'package.json'), ofVersion);
  edit('package-lock.json', (lock) => {
    lock.version = version;
    for (const folder of ['', ...folders]) ofVersion(lock.packages[folder]);
  });
  replace('deploy/docker/Dockerfile', /^(ARG VERSION=).*/m);
  replace('deploy/helm/optout-sync/Chart.yaml', /^(version: ).*/m);
  replace('deploy/helm/optout-sync/Chart.yaml', /^(appVersion: ).*/m);

  function ofVersion(json) {
    json.version = version;
    for (const kind of ['dependencies', 'devDependencies']) {
      for (const name in json[kind]) if (name.startsWith(OURS)) json[kind][name] = version;
    }
  }

  function edit(file, change) {
    const path = join(root, file);
    const json = JSON.parse(readFileSync(path, 'utf8'));
    change(json);
    writeFileSync(path, `${JSON.stringify(json, undefined, 2)}\n`);
  }

  function replace(file, pattern) {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    if (!pattern.test(text)) throw new Error(`${file} has no ${String(pattern)}`);
    writeFileSync(path, text.replace(pattern, `$1${version}`));
  }
}

/** The workspaces of a pattern such as `packages/*`, or a folder. */
function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = dirname(pattern);
  const folders = readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
}
