import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';
import { composeWith, containerOf, docker } from '../support/compose';

const PROJECT = process.env.COMPOSE_PROJECT_NAME ?? '';
const { TWILIO_ACCOUNT_SID = '', TWILIO_AUTH_TOKEN = '' } = process.env;
const ROOT = join(__dirname, '../../../..');

export const LAST = process.env.LAST_RELEASE ?? '';
export const NEW = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string })
  .version;
export const INGESTS = ['ingest', 'ingest-2'] as const;
export const WORKERS = ['worker', 'worker-2'] as const;
export type Service = (typeof INGESTS)[number] | (typeof WORKERS)[number];
export type Release = 'last' | 'new';
/** What `runningReleases` says of the new one. */
export const NEW_BUILD = `${NEW} ${process.env.COMMIT ?? ''}`;

const ADMIN_PORT = { ingest: 9101, worker: 9102 };
const repositoryOf = (service: Service) => (service.startsWith('ingest') ? 'ingest' : 'worker');

/** The name by which a container reaches this machine, see .ci/images. */
const THIS_MACHINE = 'host.docker.internal';

/** Containers of both releases. The new ones have what the last one does not know switched on. */
export class Releases {
  private constructor(
    readonly twilio: TwilioApi,
    readonly linkKey: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<Releases> {
    const twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: TWILIO_AUTH_TOKEN }, { host: '0.0.0.0' });
    const [key, linkKey] = [`SK${'1'.repeat(32)}`, randomBytes(32).toString('base64')];
    twilio.addKey({ sid: key, secret: 'secret', accountSid: TWILIO_ACCOUNT_SID });
    return new Releases(twilio, linkKey, {
      CUSTOMERIO_EVENTS: 'true',
      CUSTOMERIO_EVIDENCE_ATTRIBUTES: 'at=consent_at,reason=consent_reason',
      TWILIO_CONSENTS: 'true',
      TWILIO_API_KEY: key,
      TWILIO_API_SECRET: 'secret',
      TWILIO_API_URL: twilio.url.replace('127.0.0.1', THIS_MACHINE),
      INSECURE_HTTP_HOSTS: `sandbox,${THIS_MACHINE}`,
      RETENTION: '10y',
      OPTOUT_CONFIG: '/etc/optout-sync/intake.yaml',
      LINK_KEY: linkKey,
    });
  }

  /** Replaces the container of a service by one of the release. */
  start(service: Service, release: Release): Promise<string> {
    const image = { [`${service.toUpperCase().replace('-', '_')}_IMAGE`]: imageOf(service, release) };
    const settings = release === 'new' ? this.settings : {};
    return composeWith({ ...settings, ...image }, 'up', '-d', '--no-deps', '--no-build', service);
  }

  /** Runs the command of the new release, in a container of its own. */
  newCommand(...args: readonly string[]): Promise<string> {
    return composeWith(
      { ...this.settings, WORKER_IMAGE: imageOf('worker', 'new') },
      ...['run', '--rm', '--no-deps', '-T', 'worker', 'optout-sync', ...args],
    );
  }
}

/** Runs the command of the last release, in a container of its own. */
export const lastCommand = (...args: readonly string[]): Promise<string> =>
  composeWith(
    { WORKER_IMAGE: imageOf('worker', 'last') },
    ...['run', '--rm', '--no-deps', '-T', 'worker', 'node', 'packages/cli/dist/main.js', ...args],
  );

const imageOf = (service: Service, release: Release): string =>
  `${PROJECT}/${repositoryOf(service)}${release === 'last' ? `:${LAST}` : ''}`;

/** The releases that run, of all services, by `optout_build_info`; the first release has no such metric. */
export async function runningReleases(): Promise<(string | undefined)[]> {
  const found = await Promise.all(
    [...INGESTS, ...WORKERS].map(async (service) => {
      const url = `http://127.0.0.1:${String(ADMIN_PORT[repositoryOf(service)])}/metrics`;
      const script = `fetch('${url}').then((response) => response.text()).then(console.log)`;
      const metrics = await docker('exec', await containerOf(service), 'node', '-e', script);
      return /^optout_build_info\{.*version="([^"]+)".*commit="([^"]+)"/m.exec(metrics)?.slice(1).join(' ');
    }),
  );
  return [...new Set(found)];
}
