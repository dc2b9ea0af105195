import type { Env } from '@optout-sync/shared/config';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { withSettings } from '../config/with-settings';
import { spawnService, type ServiceProcess } from '../process/spawn-service';
import { isAtLevel, levelWithPorts, portsIn, type LogLevel } from './log-line';

export interface ListeningService {
  readonly service: ServiceProcess;
  /** Ingest's public port and admin port, or the worker's admin port. */
  readonly ports: readonly number[];
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly adminUrl: string;
}

/**
 * Starts ingest or the worker and waits until it is ready. Its settings may hold port 0: the ports are read from the line
 * that the service logs once it listens. A service with a log level above that line logs it anyway, but `onLog`
 * does not get it.
 *
 * @throws {ServiceStartError} when it ends early or does not become ready in time
 */
export async function startListeningService(options: {
  readonly name: 'ingest' | 'worker';
  readonly env: Env;
  readonly logLevel: LogLevel;
  readonly onLog: (line: string) => void;
  readonly scratch?: string | undefined;
}): Promise<ListeningService> {
  const { name, env, logLevel, onLog, scratch } = options;
  let ports: readonly number[] | undefined;
  const adminUrl = (): string => `http://127.0.0.1:${ports?.at(-1)}`;
  const service = await spawnService({
    name,
    entry: PROGRAMS[name],
    env: withSettings(env, { LOG_LEVEL: levelWithPorts(logLevel) }),
    cwd: FOLDERS.root,
    scratch,
    readyUrl: () => ports && `${adminUrl()}/readyz`,
    onLog(line) {
      ports ??= portsIn(line);
      if (isAtLevel(line, logLevel)) onLog(line);
    },
  });
  return { service, ports: ports ?? [], adminUrl: adminUrl() };
}
