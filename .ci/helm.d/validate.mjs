// Validates rendered Kubernetes objects: node .ci/helm.d/validate.mjs <file.yaml...>
// Values by the JSON schema of their kind, and names of fields by its TypeScript type, which refuses unknown ones. Prints how
// many objects it checked; exit code 1 if one is wrong.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const require = createRequire(import.meta.url);
const ROOT = join(import.meta.dirname, '../..');

const OPERATORS = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'keda.sh': '@kubernetes-models/keda',
};

/** The module that has an object's kind as class `<kind>` and its type as `I<kind>`. */
function moduleOf({ apiVersion, kind }) {
  const [group] = apiVersion.split('/');
  return [OPERATORS[group] ?? 'kubernetes-models', apiVersion, kind].join('/');
}

const objects = process.argv.slice(2).flatMap((file) =>
  parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
    const object = document.toJS();
    return object ? [{ object, at: `${basename(file)}: ${object.kind} ${object.metadata?.name}` }] : [];
  }),
);
if (objects.length === 0) throw new Error('no objects');

const wrong = [];
for (const { object, at } of objects) {
  try {
    const { [object.kind]: Model } = require(moduleOf(object));
    new Model(object).validate();
  } catch (error) {
    wrong.push(`${at}: ${error.message}`);
  }
}

// Inside the repository, so that the types are found.
const folder = mkdtempSync(join(ROOT, 'node_modules/.helm-'));
try {
  const modules = new Map(objects.map(({ object }) => [moduleOf(object), object.kind]));
  const names = new Map([...modules.keys()].map((module, n) => [module, `T${n}`]));
  const source = [
    ...[...modules].map(
      ([module, kind]) => `import type { I${kind} as ${names.get(module)} } from '${module}';`,
    ),
    ...objects.map(
      ({ object, at }, n) =>
        `// ${at}\nexport const o${n}: ${names.get(moduleOf(object))} = ${JSON.stringify(object, undefined, 1)};`,
    ),
  ];
  writeFileSync(join(folder, 'objects.ts'), source.join('\n'));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve'];
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, ...options, '--ignoreConfig', join(folder, 'objects.ts')], {
    encoding: 'utf8',
  });
} catch (error) {
  wrong.push(error.stdout ?? String(error));
} finally {
  rmSync(folder, { recursive: true });
}

console.log(wrong.length > 0 ? wrong.join('\n') : `${objects.length} objects are valid`);
process.exitCode = wrong.length > 0 ? 1 : 0;
