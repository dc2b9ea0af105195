import { readStatus, workspaceSummary, type WorkspaceStatus } from '@optout-sync/operations';
import type { Instance } from '@optout-sync/shared/service';
import type { ConsoleContext } from '../../context';

/** A workspace, as it is configured and as its workers see it. */
export interface WorkspaceOnPage {
  readonly name: string;
  readonly status: WorkspaceStatus | undefined;
  /** Whether a worker waits since Customer.io rejects the keys or the region. */
  readonly paused: boolean;
  readonly apis: readonly ApiOnPage[];
  /** Named as in the configuration file, without secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
}

interface ApiOnPage {
  readonly name: string;
  /** Requests a second that all workers together may send. */
  readonly rps: number;
  /** `closed`: requests pass. `probing`: one tries. `open`: none passes. The worst of all workers. */
  readonly breaker: 'closed' | 'probing' | 'open';
  /** Workers that see it so. */
  readonly workers: number;
}

const BREAKERS = ['closed', 'probing', 'open'] as const;

/** Reads every configured workspace. */
export async function readWorkspacePage({
  config,
  stores,
  routes,
}: ConsoleContext): Promise<{ readonly workspaces: WorkspaceOnPage[]; readonly workers: number }> {
  const status = await readStatus(stores, routes);
  const workers = status.instances.filter(({ service }) => service === 'worker');
  const workspaces = config.workspaces.map((workspace) => {
    const seen = workers.flatMap((worker) => seenBy(worker, workspace.name));
    return {
      name: workspace.name,
      status: status.workspaces.find(({ name }) => name === workspace.name),
      paused: seen.some(({ paused }) => paused),
      apis: apisOf(seen),
      settings: workspaceSummary(workspace),
    };
  });
  return { workspaces, workers: workers.length };
}

type Seen = NonNullable<Instance['workspaces']>[number];

const seenBy = ({ workspaces = [] }: Instance, name: string): Seen[] =>
  workspaces.filter((workspace) => workspace.name === name);

function apisOf(seen: readonly Seen[]): ApiOnPage[] {
  const all = seen.flatMap(({ apis }) => apis);
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const same = all.filter((api) => api.name === name);
    const worst = Math.max(...same.map(({ breaker }) => breaker));
    return {
      name,
      rps: Math.max(...same.map(({ rps }) => rps)),
      breaker: BREAKERS[worst] ?? 'open',
      workers: same.filter(({ breaker }) => breaker === worst).length,
    };
  });
}
