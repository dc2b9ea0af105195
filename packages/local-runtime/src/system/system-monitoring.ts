import { join } from 'node:path';
import { FOLDERS } from '../config/folders';
import type { Plan } from '../config/plan';
import type { ScrapeTargets } from '../monitoring/prometheus-config';
import { providePrometheus } from '../monitoring/provide-prometheus';
import type { RunningPrometheus } from '../monitoring/start-prometheus';
import type { Part } from '../supervisor/supervised';

const RULES = join(FOLDERS.root, 'deploy/prometheus/rules.yml');
/** Shorter than in production: who tries a fault waits for each scrape. */
const INTERVAL_SECONDS = 5;

/**
 * Starts a Prometheus that scrapes a system. Its data is kept on real accounts.
 *
 * @returns undefined, with the reason in the terminal, when there is none: the system runs without it
 */
export async function startMonitoring(
  { mode }: Plan,
  targets: ScrapeTargets,
  {
    say,
    onLog,
    mayInstall,
  }: {
    readonly say: (line: string) => void;
    readonly onLog: (line: string) => void;
    readonly mayInstall: boolean;
  },
): Promise<RunningPrometheus | undefined> {
  try {
    return await providePrometheus({
      targets,
      ruleFiles: [RULES],
      intervalSeconds: INTERVAL_SECONDS,
      dir: mode === 'real' ? FOLDERS.prometheus : undefined,
      log: say,
      onLog,
      mayInstall,
    });
  } catch (error) {
    say(`prometheus: not started, the system runs without monitoring: ${(error as Error).message}`);
    return undefined;
  }
}

/** The server of this moment as a part to supervise. */
export function monitoringPart(prometheus: RunningPrometheus): Part {
  const { pid, exited } = prometheus;
  return { pid, exited, logs: () => prometheus.logs(), stop: () => prometheus.stop() };
}
