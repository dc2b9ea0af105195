import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true });

interface Service {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly env_file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly build?: object;
  readonly logging?: { readonly options: object };
}
const compose = read('docker-compose.yml') as {
  readonly name?: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const SERVICES = Object.entries(compose.services);
const MONITORING = SERVICES.filter(([, { profiles }]) => profiles?.includes('monitoring'));

/** Where a service finds a file of the repository. */
const mountsOf = (service: string): ReadonlyMap<string, string> =>
  new Map(
    (compose.services[service]?.volumes ?? []).map((mount) => {
      const [source = '', path = ''] = mount.split(':');
      return [path, source];
    }),
  );

describe('docker-compose.yml', () => {
  it('starts Prometheus, Alertmanager and Grafana with the profile monitoring alone', () => {
    expect(MONITORING.map(([name]) => name)).toEqual(['prometheus', 'alertmanager', 'grafana']);
    for (const [, { profiles }] of MONITORING) expect(profiles).toEqual(['monitoring']);
  });

  it('starts Redis, ingest and the worker without a profile', () => {
    expect(SERVICES.filter(([, { profiles }]) => !profiles).map(([name]) => name)).toEqual([
      'redis',
      'ingest',
      'worker',
    ]);
  });

  it('can be read by docker-compose 1.29, which refuses a name and a missing env_file', () => {
    expect(compose.name).toBeUndefined();
    for (const [, service] of SERVICES) expect(service.env_file).toBeUndefined();
  });

  it.each(SERVICES)('pins the version of %s, and bounds its log', (_, { image, build, logging }) => {
    if (!build) expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+(-bookworm)?$/);
    expect(logging?.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
  });

  it.each(MONITORING)('publishes %s on this machine alone', (_, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(Object.keys(compose.services))('mounts what exists into %s', (service) => {
    for (const source of mountsOf(service).values()) {
      const exists = source.startsWith('./') ? existsSync(join(ROOT, source)) : source in compose.volumes;
      expect({ source, exists }).toEqual({ source, exists: true });
    }
  });
});

describe('the proxy of docker-compose.yml', () => {
  it('passes on bodies as large as that of docs/deploy.md does', () => {
    const sizeIn = (file: string): string | undefined =>
      /client_max_body_size (\w+);/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1];
    expect(sizeIn('deploy/nginx/rolling.conf')).toBe('16m');
    expect(sizeIn('docs/deploy.md')).toBe('16m');
  });
});

describe('the Prometheus of docker-compose.yml', () => {
  const config = read('deploy/prometheus/compose.yml') as {
    readonly rule_files: readonly string[];
    readonly scrape_configs: readonly {
      readonly job_name: string;
      readonly dns_sd_configs?: readonly { readonly names: readonly string[] }[];
    }[];
  };

  it('is given the rules', () => {
    expect(config.rule_files).toEqual(['rules.yml']);
    expect(mountsOf('prometheus').get('/etc/prometheus/rules.yml')).toBe('./deploy/prometheus/rules.yml');
  });

  it('scrapes the services under the names that the alerts rely on', () => {
    const jobs = config.scrape_configs.map((job) => [job.job_name, job.dns_sd_configs?.[0]?.names[0]]);
    expect(jobs).toContainEqual(['optout-ingest', 'ingest']);
    expect(jobs).toContainEqual(['optout-worker', 'worker']);
    expect(jobs).toContainEqual(['optout-console', 'console']);
  });
});

describe('the Grafana of docker-compose.yml', () => {
  it('has the Prometheus as data source', () => {
    const { datasources } = read('deploy/grafana/provisioning/datasources/prometheus.yml') as {
      datasources: { type: string; url: string; isDefault: boolean }[];
    };
    expect(datasources).toMatchObject([
      { type: 'prometheus', url: 'http://prometheus:9090', isDefault: true },
    ]);
    expect(compose.services.prometheus?.ports).toEqual([expect.stringMatching(/:9090$/)]);
  });

  it('finds the dashboards where they are mounted', () => {
    const { providers } = read('deploy/grafana/provisioning/dashboards/optout-sync.yml') as {
      providers: { options: { path: string } }[];
    };
    const mounts = mountsOf('grafana');
    expect(mounts.get('/etc/grafana/provisioning')).toBe('./deploy/grafana/provisioning');
    expect(providers.map(({ options }) => mounts.get(options.path))).toEqual(['./deploy/grafana/dashboards']);
  });

  it('opens with the dashboard that answers the question', () => {
    const home = compose.services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    const source = mountsOf('grafana').get(dirname(home)) ?? '';
    expect(readFileSync(join(ROOT, source, basename(home)), 'utf8')).toContain('"Are opt-outs honoured?"');
  });
});

describe('the Alertmanager of docker-compose.yml', () => {
  const FOLDER = join(ROOT, 'deploy/alertmanager');
  let TMPDIR: string;
  beforeEach(() => {
    TMPDIR = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  });
  afterEach(() => rmSync(TMPDIR, { recursive: true }));

  /** The configuration that start.sh gives to Alertmanager, whose place `cat` takes. */
  const started = (env: Record<string, string>): { receivers: unknown[] } => {
    const { stdout } = spawnSync(
      'sh',
      [join(FOLDER, 'start.sh'), join(FOLDER, 'alertmanager.yml'), 'sh', '-c', 'cat "${0#--config.file=}"'],
      { env: { PATH: process.env.PATH, TMPDIR, ...env }, encoding: 'utf8' },
    );
    return parse(stdout) as { receivers: unknown[] };
  };

  it.each(['https://example.com/hook', `https://u:p%7C@example.com/a|b/?x=1&y=\\2&z='#"3`])(
    'sends to %s',
    (url) => {
      expect(started({ ALERT_WEBHOOK_URL: url }).receivers).toEqual([
        { name: 'webhook', webhook_configs: [{ url }] },
      ]);
    },
  );

  it('sends to nobody without ALERT_WEBHOOK_URL', () => {
    expect(started({}).receivers).toEqual([{ name: 'webhook' }]);
  });
});
