import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES, readIngestConfig, readWorkerConfig, type Variable } from '@optout-sync/shared/config';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly environment?: Env; readonly secrets?: readonly string[] }>
  >;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}
type Env = Readonly<Record<string, string>>;

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const overlay = parse(read('docker-compose.secrets.yml'), { merge: true }) as Compose;
const TABLE: readonly (readonly [string, Variable])[] = Object.entries(VARIABLES);

/** What reads the variables of each service: the worker's image has the command too. */
const READERS: readonly (readonly [string, readonly Variable['readBy'][number][]])[] = [
  ['ingest', ['ingest']],
  ['ingest-2', ['ingest']],
  ['worker', ['worker', 'cli']],
  ['console', ['console']],
  ['simulate', ['simulator']],
];
/** Of the container, whatever .env says: there are the addresses and folders of the machine. */
const OF_THE_CONTAINER = {
  REDIS_URL: 'redis://:${REDIS_PASSWORD:-optout-sync}@redis:6379',
  REQUIRE_DURABLE_REDIS: 'true',
  ADMIN_HOST: '0.0.0.0',
  SPOOL_DIR: '/app/data/spool',
  INGEST_PORT: '8080',
  INGEST_HOST: '0.0.0.0',
  INGEST_ADMIN_PORT: '9101',
  WORKER_ADMIN_PORT: '9102',
  CONSOLE_PORT: '8090',
  CONSOLE_HOST: '0.0.0.0',
  CONSOLE_URL: '${CONSOLE_URL:-http://localhost:8090}',
  CONSOLE_ADMIN_PORT: '9103',
  INGEST_URL: 'http://127.0.0.1:8080',
};
/** What OpenTelemetry's SDK reads by itself: docs/tracing.md. */
const OF_OPENTELEMETRY = [
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SDK_DISABLED',
];
const environmentOf = (service: string): Env => compose.services[service]?.environment ?? {};

describe('the variables in docker-compose.yml', () => {
  it.each(READERS)('gives %s every variable that it reads, and no other', (service, readers) => {
    const read = TABLE.filter(([, { readBy }]) => readBy.some((reader) => readers.includes(reader)));
    const names = read.map(([name]) => name);
    const traces = names.includes('OTEL_EXPORTER_OTLP_ENDPOINT') ? OF_OPENTELEMETRY : [];
    expect(Object.keys(environmentOf(service)).sort()).toEqual([...names, ...traces].sort());
  });

  it.each(OF_OPENTELEMETRY)('passes %s on, which docs/tracing.md describes', (name) => {
    expect(read('docs/tracing.md')).toContain(`\`${name}`);
  });

  it.each(READERS)('takes those of %s from the variables of the same name', (service) => {
    const expected = Object.keys(environmentOf(service)).map((name) => [name, `\${${name}:-}`]);
    expect(environmentOf(service)).toEqual({
      ...(Object.fromEntries(expected) as Env),
      ...Object.fromEntries(
        Object.entries(OF_THE_CONTAINER).filter(([name]) => name in environmentOf(service)),
      ),
    });
  });

  it('may be empty: an empty variable counts as not set', () => {
    const required = {
      REDIS_URL: 'redis://redis:6379',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: '0'.repeat(32),
      CUSTOMERIO_SITE_ID: 'site',
      CUSTOMERIO_TRACK_API_KEY: 'track',
      CUSTOMERIO_APP_API_KEY: 'app',
    };
    const empty = Object.fromEntries(TABLE.map(([name]) => [name, '']));
    for (const readConfig of [readIngestConfig, readWorkerConfig]) {
      // As text, since a configuration holds functions.
      const given = JSON.stringify(readConfig({ ...empty, ...required }));
      expect(given).toBe(JSON.stringify(readConfig(required)));
    }
  });
});

describe('the docker-compose.override.yml of docs/deploy.md', () => {
  const page = read('docs/deploy.md');
  const [, block = ''] = /^ {2}```yaml\n([^]*?)^ {2}```$/m.exec(page) ?? [];
  const { services } = parse(block, { merge: true }) as {
    services: Record<string, { environment: Env; volumes: readonly string[] }>;
  };

  it('gives OPTOUT_CONFIG to every service that reads it, and mounts the file there', () => {
    const readers = Object.keys(compose.services).filter((name) => 'OPTOUT_CONFIG' in environmentOf(name));
    expect(Object.keys(services).sort()).toEqual(readers.sort());
    for (const { environment, volumes } of Object.values(services))
      expect(volumes).toContainEqual(expect.stringContaining(`:${environment.OPTOUT_CONFIG ?? '-'}:ro`));
  });

  it('is named where other files are, since Compose does not read it by itself then', () => {
    const [, section = ''] = page.split('### Secrets in files\n');
    expect(section).toContain('-f docker-compose.secrets.yml -f docker-compose.override.yml`');
    expect(section).toContain('docker-compose.secrets.yml:docker-compose.override.yml`');
  });
});

describe('the secrets in docker-compose.secrets.yml', () => {
  it.each(Object.entries(overlay.services))(
    'gives %s each secret that it names, as X_FILE',
    (name, service) => {
      const files = Object.entries(service.environment ?? {}).filter(([, value]) => value !== '');
      expect(service.secrets).toEqual(files.map(([, file]) => file.replace('/run/secrets/', '')));
      for (const [variable] of files) {
        expect(VARIABLES).toHaveProperty(variable.replace(/_FILE$/, ''));
        expect(environmentOf(name)).toHaveProperty(variable.replace(/_FILE$/, ''));
      }
    },
  );

  it('hold every credential that is required', () => {
    const required = TABLE.filter(([, { secret, required: isRequired }]) => secret && isRequired);
    expect(Object.keys(overlay.secrets ?? {}).sort()).toEqual(
      required.map(([name]) => name.toLowerCase()).sort(),
    );
  });

  it('are the files that git ignores', () => {
    expect(read('.gitignore').split('\n')).toContain('secrets/');
    for (const [name, { file }] of Object.entries(overlay.secrets ?? {}))
      expect(file).toBe(`./secrets/${name}`);
  });
});

describe('the release of the images', () => {
  it('is that of the packages', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(read('deploy/docker/Dockerfile')).toContain(`ARG VERSION=${version}\n`);
  });
});
