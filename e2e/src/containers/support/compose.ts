import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitFor } from '@optout-sync/local-runtime/process';

const run = promisify(execFile);
const PROJECT = process.env.COMPOSE_PROJECT_NAME ?? '';
const WITHOUT_SECRETS = {
  TWILIO_AUTH_TOKEN: '',
  CUSTOMERIO_SITE_ID: '',
  CUSTOMERIO_TRACK_API_KEY: '',
  CUSTOMERIO_APP_API_KEY: '',
};
const HEALTHY_WITHIN_MS = 120_000;

/** The command that .ci/images brings the containers up with, and its arguments, as a JSON array. */
const [command = 'docker-compose', ...files] = JSON.parse(
  process.env.CONTAINERS_COMPOSE ?? '[]',
) as readonly string[];

/** Runs a subcommand of compose. @returns its output @throws {Error} with both outputs when it fails */
export const compose = (...args: readonly string[]): Promise<string> => output(command, [...files, ...args]);

/** As `compose`, with docker-compose.secrets.yml and without the variables of the secrets in it. */
export const composeWithSecrets = (...args: readonly string[]): Promise<string> =>
  output(command, [...files, '-f', process.env.CONTAINERS_SECRETS ?? '', ...args], WITHOUT_SECRETS);

/** As `compose`, with variables beside those of this process. */
export const composeWith = (
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<string> => output(command, [...files, ...args], env);

/** Runs a subcommand of docker. @returns its output @throws {Error} with both outputs when it fails */
export const docker = (...args: readonly string[]): Promise<string> => output('docker', args);

async function output(program: string, args: readonly string[], env = {}): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...env } };
  return (await run(program, [...args], options)).stdout.trim();
}

/** The id of the service's container. Asks docker itself, which is much faster than compose. */
export const containerOf = (service: string): Promise<string> =>
  docker('ps', '--quiet', '--no-trunc', ...labelled('project', PROJECT), ...labelled('service', service));

const labelled = (label: string, value: string) => ['--filter', `label=com.docker.compose.${label}=${value}`];

/** What `docker inspect` says of the service's container. */
export async function inspect<Part>(service: string, part: string): Promise<Part> {
  return JSON.parse(
    await docker('inspect', '--format', `{{json ${part}}}`, await containerOf(service)),
  ) as Part;
}

/** The address of this machine that leads to a port of the service. */
export async function addressOf(service: string, port: number): Promise<string> {
  const address = await compose('port', service, String(port));
  return `http://127.0.0.1:${address.slice(address.lastIndexOf(':') + 1)}`;
}

/** Waits until the health check of the service succeeds. */
export async function healthy(service: string): Promise<void> {
  await waitFor(async () => (await inspect<string>(service, '.State.Health.Status')) === 'healthy', {
    what: `${service} to be healthy`,
    timeoutMs: HEALTHY_WITHIN_MS,
    everyMs: 500,
  });
}

/** Kills the service's container, and starts it again. */
export async function killAndStart(service: string): Promise<void> {
  const container = await containerOf(service);
  await docker('kill', container);
  await docker('start', container);
  await healthy(service);
}

/** `optout-sync` in the worker's container. */
export const optoutSync = (...args: readonly string[]): Promise<string> =>
  compose('exec', '-T', 'worker', 'optout-sync', ...args);
