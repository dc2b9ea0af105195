import { join } from 'node:path';
import {
  connectSandboxControl,
  type SandboxControl,
  type WorkspaceInfo,
} from '@optout-sync/customerio-sandbox';
import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import type { MemoryLimit } from './memory-limit';
import { answersOk, startProgram, type Program } from './program';

/** Known to the load and to the servers. */
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
export const PUBLIC_URL = 'https://optout.example.com';

/** A US number for each index up to 8 million. */
export const phoneOf = (index: number): string => `+1415${String(2_000_000 + index).padStart(7, '0')}`;

const REPOSITORY = join(__dirname, '../../..');

/** The settings of a service; every other setting has its default. */
interface ServiceOptions {
  readonly cores: string | undefined;
  readonly redisUrl: string;
  readonly prefix: string;
  /** The built copy of the repository that it runs from; default: this one. */
  readonly from?: string | undefined;
  readonly nodeArgs?: readonly string[];
  readonly limit?: MemoryLimit | undefined;
  readonly settings?: Readonly<Record<string, string>>;
}

const TWILIO = { PUBLIC_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN };

/** Starts ingest in the form in which it is deployed. */
export function startIngest(options: ServiceOptions): Promise<Program> {
  return start('ingest', options, (port, adminPort) => ({
    ...TWILIO,
    INGEST_PORT: String(port),
    INGEST_ADMIN_PORT: String(adminPort),
  }));
}

/** Starts a worker in the form in which it is deployed, against a sandbox. */
export function startWorker(options: ServiceOptions & { readonly sandbox: Sandbox }): Promise<Program> {
  const { url, access } = options.sandbox;
  return start('worker', options, (_, adminPort) => ({
    ...TWILIO,
    CUSTOMERIO_SITE_ID: access.siteId,
    CUSTOMERIO_TRACK_API_KEY: access.trackApiKey,
    CUSTOMERIO_APP_API_KEY: access.appApiKey,
    CUSTOMERIO_APP_URL: url,
    CUSTOMERIO_TRACK_URL: url,
    WORKER_ADMIN_PORT: String(adminPort),
  }));
}

/** Starts the console in the form in which it is deployed; whoever is on this machine may use its pages. */
export function startConsole(options: ServiceOptions): Promise<Program> {
  return start('console', options, (port, adminPort) => ({
    ...TWILIO,
    CUSTOMERIO_SITE_ID: 'site',
    CUSTOMERIO_TRACK_API_KEY: 'track',
    CUSTOMERIO_APP_API_KEY: 'app',
    CONSOLE_AUTH: 'none',
    CONSOLE_PORT: String(port),
    CONSOLE_ADMIN_PORT: String(adminPort),
  }));
}

function start(
  name: string,
  { cores, redisUrl, prefix, from = REPOSITORY, nodeArgs = [], limit, settings = {} }: ServiceOptions,
  env: (port: number, adminPort: number) => Record<string, string>,
): Promise<Program> {
  return startProgram({
    name,
    file: join(from, 'services', name, 'dist/main.js'),
    cores,
    nodeArgs,
    limit,
    env: (port, adminPort) => ({
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: prefix,
      ...env(port, adminPort),
      ...settings,
    }),
    isReady: (_, adminPort) => answersOk(`http://127.0.0.1:${String(adminPort)}/readyz`),
  });
}

const SANDBOX = join(__dirname, '../../../packages/customerio-sandbox/dist/main.js');
const PEOPLE_PER_CALL = 2_000;

/** The Customer.io sandbox in its own process. */
export interface Sandbox extends Program {
  readonly url: string;
  /** The credentials of the default workspace. */
  readonly access: WorkspaceInfo;
  readonly control: SandboxControl;
  /** Adds a person for each of `count` phones from `phoneOf(first)` on, by default to the default workspace. */
  addPeople(first: number, count: number, workspace?: string): Promise<void>;
}

export async function startSandbox(cores: string | undefined, flags: readonly string[]): Promise<Sandbox> {
  const urlOf = (port: number): string => `http://127.0.0.1:${String(port)}`;
  const program = await startProgram({
    name: 'sandbox',
    file: SANDBOX,
    args: (port) => ['--port', String(port), ...flags],
    cores,
    env: () => ({}),
    isReady: async (port) => (await connectSandboxControl(urlOf(port)).workspaces()).length > 0,
  });
  const url = urlOf(program.port);
  const control = connectSandboxControl(url);
  const [access] = await control.workspaces();
  if (!access) throw new Error('the sandbox has no workspace');
  return {
    ...program,
    url,
    access,
    control,
    async addPeople(first, count, workspace) {
      for (let at = 0; at < count; at += PEOPLE_PER_CALL) {
        const some = Array.from({ length: Math.min(PEOPLE_PER_CALL, count - at) }, (_, index) => ({
          id: `person-${String(first + at + index)}`,
          attributes: { phone: phoneOf(first + at + index) },
        }));
        await control.workspace(workspace).addPeople(some);
      }
    },
  };
}
