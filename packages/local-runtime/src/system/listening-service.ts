import type { Env } from '@optout-sync/shared/config';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { withSettings } from '../config/with-settings';
import { spawnService, type ServiceProcess } from '../process/spawn-service';
import { isAtLevel, levelWithPorts, portsIn, type LogLevel } from './log-line';

export interface ListeningService {
  readonly service: ServiceProcess;
  /** The port and the admin port of ingest or the console, or the worker's admin port. */
  readonly ports: readonly number[];
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly adminUrl: string;
  /** Starts it again on the same ports. Does not wait until it is ready, since it may have to wait for Redis. */
  restart(): Promise<ServiceProcess>;
}

export interface ListeningServiceOptions {
  readonly name: 'ingest' | 'worker' | 'console';
  readonly env: Env;
  /** The variables of its ports, in the order of `ports`, and the ports; 0 for any free one. */
  readonly portVariables: readonly string[];
  readonly ports: readonly number[];
  /** Where its admin port can be reached from this machine. */
  readonly adminHost: string;
  readonly logLevel: LogLevel;
  /** Gets the lines that a service at `logLevel` logs. */
  readonly onLog: (line: string) => void;
  /** Gets every line of at least level info. */
  readonly onLine?: (line: string) => void;
  readonly scratch?: string | undefined;
}

/** The worker checks the access to Customer.io first, which may take that long where Customer.io does not answer. */
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts ingest, the worker or the console and waits until it is ready. Its ports are read from the line that the service logs once it
 * listens. A service with a log level above that line logs it anyway, but `onLog` does not get it.
 *
 * @throws {ServiceStartError} when it ends early or does not become ready in time
 */
export async function startListeningService(options: ListeningServiceOptions): Promise<ListeningService> {
  let ports: readonly number[] | undefined;
  const adminUrl = (): string => `http://${options.adminHost}:${ports?.at(-1)}`;
  const service = await spawn(options, options.ports, {
    readyUrl: () => ports && `${adminUrl()}/readyz`,
    readyTimeoutMs: READY_TIMEOUT_MS,
    onPorts: (found) => (ports ??= found),
  });
  const actual = ports ?? [];
  return { service, ports: actual, adminUrl: adminUrl(), restart: () => spawn(options, actual) };
}

function spawn(
  { name, env, portVariables, logLevel, onLog, onLine, scratch }: ListeningServiceOptions,
  ports: readonly number[],
  start: {
    readonly readyUrl?: () => string | undefined;
    readonly readyTimeoutMs?: number;
    readonly onPorts?: (ports: readonly number[]) => void;
  } = {},
): Promise<ServiceProcess> {
  const { onPorts, ...readiness } = start;
  const portSettings = Object.fromEntries(portVariables.map((name, index) => [name, String(ports[index])]));
  return spawnService({
    name,
    entry: PROGRAMS[name],
    // Its lines are read here.
    env: withSettings(env, {
      ...portSettings,
      LOG_LEVEL: levelWithPorts(logLevel),
      LOG_FORMAT: 'json',
    }),
    cwd: FOLDERS.root,
    scratch,
    ...readiness,
    onLog(line) {
      const found = portsIn(line);
      if (found) onPorts?.(found);
      onLine?.(line);
      if (isAtLevel(line, logLevel)) onLog(line);
    },
  });
}
