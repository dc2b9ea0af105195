import { PROGRAMS } from '../config/folders';
import { spawnService, type ServiceProcess } from '../process/spawn-service';
import { announcementOf } from './announcement';

/** The line that the sandbox prints when it is ready. */
interface Announcement {
  readonly url: string;
  readonly workspaces: readonly [
    { readonly siteId: string; readonly trackApiKey: string; readonly appApiKey: string },
  ];
}

export interface RunningSandbox {
  readonly service: ServiceProcess;
  readonly url: string;
  /** The settings that a worker needs to use it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the Customer.io sandbox, with the demo's people in it, in its own process. */
export async function startSandbox(onLog: (line: string) => void): Promise<RunningSandbox> {
  const service = await spawnService({
    name: 'sandbox',
    entry: PROGRAMS.sandbox,
    args: ['--seed'],
    env: {},
    onLog: (line) => onLog(withoutKeys(line)),
  });
  const { url, workspaces } = (await announcementOf(service, 'the Customer.io sandbox')) as Announcement;
  const [workspace] = workspaces;
  return {
    service: {
      ...service,
      get ended() {
        return service.ended;
      },
      logs: () => service.logs().map(withoutKeys),
    },
    url,
    env: {
      CUSTOMERIO_REGION: 'us',
      CUSTOMERIO_APP_URL: url,
      CUSTOMERIO_TRACK_URL: url,
      CUSTOMERIO_SITE_ID: workspace.siteId,
      CUSTOMERIO_TRACK_API_KEY: workspace.trackApiKey,
      CUSTOMERIO_APP_API_KEY: workspace.appApiKey,
    },
  };
}

/** The announcement holds the sandbox's keys, which belong in no log. */
function withoutKeys(line: string): string {
  return line.startsWith('{') ? 'ready' : line;
}
