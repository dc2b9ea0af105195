import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { scrapedTargets } from '@optout-sync/local-runtime/monitoring';
import { inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import { pageSteps } from '../docs/page-steps';
import { docker } from './support/compose';

// As docs/deploy.md says, in a checkout of its own, beside what .ci/images has brought up.
jest.setTimeout(400_000);

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
const {
  CONTAINERS_COMMANDS = '[]',
  CONTAINERS_PAGE_OVERRIDE = '',
  CONTAINERS_PAGE_PROJECT = '',
} = process.env;
const WITHIN_MS = 120_000;

const section = (heading: string): string => PAGE.split(`### ${heading}\n`)[1]?.split(/^##/m)[0] ?? '';
const TRY_IT = section('Try it without accounts');
const [UP = '', STOP = '', SHOW = ''] = pageSteps(TRY_IT)[0]?.commands.split('\n') ?? [];
const [, DOWN = ''] = /`([^`]* down --volumes)` removes everything/.exec(TRY_IT) ?? [];

/** An engine of .ci/images has a network of its own, where the ports of the page are free. */
const hasOwnNetwork = CONTAINERS_PAGE_OVERRIDE !== '';
const ANY_PORTS = Object.fromEntries(
  ['INGEST', 'INGEST_ADMIN', 'WORKER_ADMIN', 'SANDBOX', 'PROMETHEUS', 'ALERTMANAGER', 'GRAFANA'].map(
    (name) => [`${name}_PORT`, '0'],
  ),
);

let checkout: string;
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'optout-sync-page-'));
  const { stdout } = await run('git', ['-C', ROOT, 'ls-files', '-z'], { maxBuffer: 64 * 1024 * 1024 });
  for (const file of stdout.split('\0').filter(Boolean)) await cp(join(ROOT, file), join(checkout, file));
});
afterAll(() => rm(checkout, { recursive: true }));

const left = async (): Promise<string[]> => {
  const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${CONTAINERS_PAGE_PROJECT}`];
  const listed = await Promise.all([docker('ps', '--all', ...filter), docker('volume', 'ls', ...filter)]);
  return listed.flatMap((ids) => ids.split('\n').filter(Boolean));
};

describe.each(JSON.parse(CONTAINERS_COMMANDS) as string[])(
  'the demo of docs/deploy.md, with %s',
  (compose) => {
    /** Types a command of the page into a terminal. @returns its output @throws {Error} with the output when it fails */
    async function type(command: string): Promise<string> {
      const env = {
        ...inheritedEnv('DOCKER_HOST', 'DOCKER_CONFIG'),
        SHELL: '/bin/bash',
        // The page: docker-compose 1.29 needs it.
        ...(compose === 'docker-compose' && { DOCKER_BUILDKIT: '1' }),
        ...(hasOwnNetwork
          ? { COMPOSE_FILE: `${checkout}/docker-compose.yml:${CONTAINERS_PAGE_OVERRIDE}` }
          : ANY_PORTS),
        COMPOSE_PROJECT_NAME: CONTAINERS_PAGE_PROJECT,
      };
      const typed = command.replaceAll('docker compose', compose);
      const options = { cwd: checkout, env, maxBuffer: 64 * 1024 * 1024 };
      const args = ['--quiet', '--return', '--command', typed, '/dev/null'];
      const { stdout } = await run('script', args, options).catch((error: unknown) => {
        throw new Error(`${typed}\n${String((error as { stdout?: unknown }).stdout)}`, { cause: error });
      });
      return stripVTControlCharacters(stdout).trim();
    }

    const addressOf = async (service: string, port: number): Promise<string> =>
      `http://${await type(`docker compose --env-file deploy/demo.env port ${service} ${String(port)}`)}`;

    afterAll(() => type(`${DOWN} --rmi local`));

    it('applies a STOP after three commands, and is monitored', async () => {
      await type(UP);
      expect(await type(STOP)).toContain('answer 200');
      await waitFor(async () => /\bapplied\b/.test(await type(SHOW)), {
        what: 'the STOP to be applied',
        timeoutMs: WITHIN_MS,
      });
      const prometheus = await addressOf('prometheus', 9090);
      if (hasOwnNetwork) expect(prometheus).toBe('http://127.0.0.1:9090');
      const jobsThatAreUp = async (): Promise<string> =>
        (await scrapedTargets(prometheus))
          .flatMap(({ job, up }) => (up ? [job] : []))
          .sort()
          .join();
      await waitFor(async () => (await jobsThatAreUp()) === 'alertmanager,optout-ingest,optout-worker', {
        what: 'Prometheus to scrape all',
        timeoutMs: WITHIN_MS,
      });
      if (!hasOwnNetwork) {
        const grafana = await addressOf('grafana', 3000);
        const health = async () => (await fetch(`${grafana}/api/health`)).ok;
        await waitFor(health, { what: 'Grafana to be healthy', timeoutMs: WITHIN_MS });
      }
    });

    it('is removed by the fourth', async () => {
      expect(await left()).not.toEqual([]);
      await type(DOWN);
      expect(await left()).toEqual([]);
    });
  },
);
