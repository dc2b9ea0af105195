import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VARIABLES, readWorkerConfig, type Variable } from '@optout-sync/shared/config';
import { RETRY_OVERRIDES, WEBHOOK_PATHS } from '@optout-sync/shared/domain';

const HELM = join(__dirname, '../../deploy/helm');
const read = (file: string): string => readFileSync(join(HELM, 'optout-sync', file), 'utf8');

const VARIABLE_LIST = Object.entries<Variable>(VARIABLES);
const known = JSON.parse(read('files/variables.json')) as Record<
  string,
  Record<'config' | 'secret', string[]>
>;
const templates = [
  '_helpers.tpl',
  'ingest-statefulset.yaml',
  'worker-deployment.yaml',
  'console-deployment.yaml',
]
  .map((file) => read(`templates/${file}`))
  .join('\n');
const setByTemplates = new Set([...templates.matchAll(/name: ([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name));

describe('the Helm chart', () => {
  it('has the schema and the list of variables that its generator writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'optout-sync-chart-'));
    try {
      execFileSync(process.execPath, [join(HELM, 'generate.mjs'), folder]);
      for (const file of ['values.schema.json', 'files/variables.json']) {
        expect(read(file)).toBe(readFileSync(join(folder, file), 'utf8'));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['ingest', 'ingest', ['ingest']],
    ['worker', 'worker', ['worker']],
    ['the command, in the pods of the worker,', 'cli', ['worker', 'command']],
    ['console', 'console', ['console']],
  ] as const)('passes every variable that %s reads, secrets as files', (_, reader, components) => {
    const readHere = VARIABLE_LIST.filter(([, { readBy }]) => readBy.includes(reader));
    const given = components.flatMap((component) => known[component] ?? []);
    for (const [name, { secret = false }] of readHere) {
      if (setByTemplates.has(name)) continue;
      expect(given.flatMap((of) => of[secret ? 'secret' : 'config'])).toContain(name);
    }
    const all = given.flatMap(({ config, secret }) => [...config, ...secret]);
    expect(readHere.map(([name]) => name)).toEqual(expect.arrayContaining(all));
    expect(all.filter((name) => setByTemplates.has(name))).toEqual([]);
  });

  it("gives the worker's pods variables of the command that the worker itself ignores, whatever they hold", () => {
    const ofWorker = {
      REDIS_URL: 'redis://redis:6379',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      CUSTOMERIO_SITE_ID: 'site',
      CUSTOMERIO_TRACK_API_KEY: 'track',
      CUSTOMERIO_APP_API_KEY: 'app',
    };
    const { config = [], secret = [] } = known.command ?? {};
    const ofCommand = Object.fromEntries([
      ...config.map((name) => [name, 'not valid']),
      ...secret.map((name) => [`${name}_FILE`, '/there/is/no/such/file']),
    ]) as Record<string, string>;
    expect(Object.keys(ofCommand)).toEqual(expect.arrayContaining(['PUBLIC_URL', 'TWILIO_AUTH_TOKEN_FILE']));
    // As text, since a configuration holds functions.
    expect(JSON.stringify(readWorkerConfig({ ...ofWorker, ...ofCommand }))).toBe(
      JSON.stringify(readWorkerConfig(ofWorker)),
    );
  });

  it('describes each setting in its schema, and no secret', () => {
    const { properties } = JSON.parse(read('values.schema.json')) as {
      properties: { config: { properties: Record<string, unknown> } };
    };
    const settings = new Set(Object.values(known).flatMap(({ config }) => config));
    expect(new Set(Object.keys(properties.config.properties))).toEqual(settings);
  });

  it('prints the URLs to paste at Twilio, the one for inbound messages with the retries that docs/twilio.md asks for', () => {
    const inbound = `${WEBHOOK_PATHS.messages}#${RETRY_OVERRIDES}`;
    const pasted = [...read('templates/NOTES.txt').matchAll(/{{ \$url }}(\S+)$/gm)].map(([, path]) => path);
    expect(pasted).toEqual([inbound, WEBHOOK_PATHS.status, WEBHOOK_PATHS.events]);
    expect(readFileSync(join(HELM, '../../docs/twilio.md'), 'utf8')).toContain(
      `https://<your host>${inbound}\n`,
    );
  });

  it('takes rules and dashboards from where they are written', () => {
    const linked = (file: string): string => readFileSync(join(HELM, '..', file), 'utf8');
    expect(read('files/rules.yml')).toBe(linked('prometheus/rules.yml'));
    expect(read('files/dashboards/optout-honoured.json')).toBe(
      linked('grafana/dashboards/optout-honoured.json'),
    );
  });
});
