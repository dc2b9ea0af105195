// Writes what the chart knows of the variables (packages/shared/src/config/variables.ts) into a folder, after a build:
//   node deploy/helm/generate.mjs [folder]       without a folder: into deploy/helm/optout-sync
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { valuesSchema } from './values-schema.mjs';

const { VARIABLES } = createRequire(import.meta.url)('../../packages/shared/dist/config/variables.js');

/** Set by the templates, where ports and volumes have to agree. */
const SET_BY_TEMPLATES = [
  'INGEST_PORT',
  'INGEST_ADMIN_PORT',
  'WORKER_ADMIN_PORT',
  'CONSOLE_PORT',
  'CONSOLE_HOST',
  'CONSOLE_ADMIN_PORT',
  'SPOOL_DIR',
  'OPTOUT_CONFIG',
];

const [folder = join(import.meta.dirname, 'optout-sync')] = process.argv.slice(2);

/** Who gets which variables. The pods of the worker have the command too: `command` is what it reads beside the worker. */
const READS = {
  ingest: (readBy) => readBy.includes('ingest'),
  worker: (readBy) => readBy.includes('worker'),
  console: (readBy) => readBy.includes('console'),
  command: (readBy) => readBy.includes('cli') && !readBy.includes('worker'),
};

/** The variables of a component that values may set: secrets, or all others. */
const variablesOf = (component, isSecret) =>
  Object.entries(VARIABLES).filter(
    ([name, { readBy, secret = false }]) =>
      READS[component](readBy) && secret === isSecret && !SET_BY_TEMPLATES.includes(name),
  );
const namesOf = (component, isSecret) => variablesOf(component, isSecret).map(([name]) => name);
const components = Object.keys(READS);

const variables = Object.fromEntries(
  components.map((component) => [
    component,
    { config: namesOf(component, false), secret: namesOf(component, true) },
  ]),
);
const settings = new Map(components.flatMap((component) => variablesOf(component, false)));
const secrets = new Set(components.flatMap((component) => namesOf(component, true)));

mkdirSync(join(folder, 'files'), { recursive: true });
const write = (file, value) => writeFileSync(join(folder, file), `${JSON.stringify(value, undefined, 2)}\n`);
write('files/variables.json', variables);
write('values.schema.json', valuesSchema(settings, [...secrets], Object.keys(VARIABLES)));
