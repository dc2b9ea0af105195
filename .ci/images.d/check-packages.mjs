// Runs inside an image, in the folder of the service: node - <service> <packages.json as text> < check-packages.mjs
// Compares the workspaces and the npm packages that it finds there with packages.json, and loads the native packages.
// Prints one line for each difference, then the number of packages, and exits with 1 when there is a difference.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [service, expectedText] = process.argv.slice(2);
const expected = JSON.parse(expectedText);
const problems = [];

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const matches = (name, patterns) =>
  patterns.some((pattern) =>
    pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );

// Workspaces: exactly the expected ones, each built, and nothing of its sources.
const workspaces = globSync('*/*/package.json', { exclude: ['node_modules'] }).map((path) => ({
  folder: resolve(path, '..'),
  ...read(path),
}));
const ours = workspaces.map(({ name }) => name).sort();
for (const name of expected.ours[service]) if (!ours.includes(name)) problems.push(`${name} is missing`);
for (const name of ours) if (!expected.ours[service].includes(name)) problems.push(`${name} is not expected`);
for (const { name, folder } of workspaces) {
  if (!existsSync(`${folder}/dist`)) problems.push(`${name} has no dist/`);
  if (existsSync(`${folder}/src`)) problems.push(`${name} has its sources`);
  if (globSync(`${folder}/dist/**/*.test.js`).length > 0) problems.push(`${name} has its tests`);
}

// npm packages, at any depth. Node follows no link here, so a workspace is not listed again.
const manifests = globSync('{.,*/*}/node_modules/**/package.json')
  .filter((path) => /(^|\/)node_modules\/(@[^/]+\/)?[^/@][^/]*\/package\.json$/.test(path))
  .map((path) => ({ path, ...read(path) }))
  .filter(({ name, version }) => name && version);
const dependents = (name) =>
  [...manifests, ...workspaces]
    .filter(({ dependencies, optionalDependencies }) => name in { ...dependencies, ...optionalDependencies })
    .map((manifest) => manifest.name);
const forbidden = [...expected.forbiddenEverywhere, ...(expected.forbidden[service] ?? [])];
for (const { name, path } of manifests) {
  if (name.startsWith('@optout-sync/') && !ours.includes(name)) problems.push(`${name} is at ${path}`);
  if (!matches(name, forbidden)) continue;
  const through = expected.allowedThrough[service]?.[name] ?? [];
  const users = dependents(name);
  if (through.length > 0 && users.every((user) => through.includes(user))) continue;
  problems.push(`${name} must not be there (needed by ${users.join(', ') || 'nothing'})`);
}

// The SBOM lists what is there.
const sbom = new Set(read('sbom.cdx.json').components.map(({ purl }) => decodeURIComponent(purl)));
for (const { name, version } of [...manifests, ...workspaces]) {
  if (!sbom.has(`pkg:npm/${name}@${version}`)) problems.push(`${name}@${version} is not in sbom.cdx.json`);
}

// No install script has run, so a package with a native part must load the binary that it carries.
const natives = {
  async 'classic-level'({ ClassicLevel }) {
    const database = new ClassicLevel(`/tmp/check-${process.pid}`);
    await database.put('key', 'value');
    if ((await database.get('key')) !== 'value') throw new Error('it does not keep a value');
    await database.close();
  },
  msgpackr({ isNativeAccelerationEnabled }) {
    if (!isNativeAccelerationEnabled) throw new Error('its native part is missing');
  },
};
for (const [name, use] of Object.entries(natives)) {
  const manifest = manifests.find((candidate) => candidate.name === name);
  if (!manifest) continue;
  try {
    await use(createRequire(resolve(manifest.path))(resolve(manifest.path, '..')));
  } catch (error) {
    problems.push(`${name} does not load: ${error.message}`);
  }
}

for (const problem of problems) console.log(`${service}: ${problem}`);
console.log(`${manifests.length} npm packages`);
process.exitCode = problems.length > 0 ? 1 : 0;
