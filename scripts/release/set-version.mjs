import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OURS = '@optout-sync/';

/** Gives every package, what they require of each other, the images and the chart of `root` one version. */
export function setVersion(root, version) {
  edit('package-lock.json', (lock) => {
    lock.version = version;
    for (const [folder, manifest] of Object.entries(lock.packages)) {
      // The others are our own folders, the root among them as ''.
      if (folder.includes('node_modules/')) continue;
      ofVersion(manifest);
      edit(join(folder, 'package.json'), ofVersion);
    }
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
