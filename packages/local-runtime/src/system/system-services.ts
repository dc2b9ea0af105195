import type { Env } from '@optout-sync/shared/config';
import type { LauncherConfig, WantedPort } from '../config/launcher-config';
import { withSettings } from '../config/with-settings';
import { listenOnWantedPorts } from './listen-on-wanted-ports';
import {
  startListeningService,
  type ListeningService,
  type ListeningServiceOptions,
} from './listening-service';
import { customerIoNews } from './worker-news';

export interface ServiceStart {
  readonly config: LauncherConfig;
  readonly env: Env;
  readonly onLog: (line: string) => void;
  readonly say: (line: string) => void;
}

/** Starts the worker and tells the person at the terminal what it says about Customer.io. */
export function startWorker({ config, env, onLog, say }: ServiceStart): Promise<ListeningService> {
  const onLine = (line: string): void => {
    const news = customerIoNews(line);
    if (news !== undefined) say(news);
  };
  return startOn([config.ports.workerAdmin], { name: 'worker', env, config, onLog, onLine }, say);
}

/** Starts ingest. @param scratch its spool's folder, where that is removed with it */
export function startIngest(
  { config, env, onLog, say }: ServiceStart,
  scratch: string | undefined,
): Promise<ListeningService> {
  const { webhook, ingestAdmin } = config.ports;
  const settings = withSettings(env, {
    // No load balancer has to notice the stop first.
    INGEST_DRAIN_SECONDS: env.INGEST_DRAIN_SECONDS || '0',
    ...(scratch !== undefined && { SPOOL_DIR: scratch }),
  });
  return startOn([webhook, ingestAdmin], { name: 'ingest', env: settings, config, onLog, scratch }, say);
}

/** Starts the console. */
export function startConsole({ config, env, onLog, say }: ServiceStart): Promise<ListeningService> {
  const { console, consoleAdmin } = config.ports;
  return startOn([console, consoleAdmin], { name: 'console', env, config, onLog }, say);
}

async function startOn(
  wanted: readonly WantedPort[],
  options: Pick<ListeningServiceOptions, 'name' | 'env' | 'onLog' | 'onLine' | 'scratch'> & {
    readonly config: LauncherConfig;
  },
  say: (line: string) => void,
): Promise<ListeningService> {
  const { config, ...service } = options;
  const started = await listenOnWantedPorts(
    wanted,
    (ports) =>
      startListeningService({
        ...service,
        ports,
        portVariables: wanted.map(({ variable }) => variable),
        adminHost: config.hosts.admin,
        logLevel: config.logLevel,
      }),
    say,
  );
  say(`${service.name}: ready, ${started.adminUrl}`);
  return started;
}
