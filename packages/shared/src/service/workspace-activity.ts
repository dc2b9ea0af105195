import type { Registry } from 'prom-client';
import { z } from 'zod';

/** How a worker sees a workspace's APIs, as it says about itself. */
export const WorkspaceActivity = z.object({
  name: z.string(),
  /** Whether it waits because Customer.io rejects its keys or region. */
  paused: z.boolean(),
  apis: z.array(
    z.object({
      /** `app`, `track` or `campaign`. */
      name: z.string(),
      /** Its circuit: requests pass (0), one probes (1), or none passes (2). */
      breaker: z.number(),
      /** Requests a second that all workers together may send. */
      rps: z.number(),
    }),
  ),
});
export type WorkspaceActivity = z.infer<typeof WorkspaceActivity>;

/** The gauges of the worker that hold it. */
const GAUGES = {
  paused: 'optout_workspace_paused',
  breaker: 'optout_customerio_breaker_state',
  rps: 'optout_customerio_budget_rps',
} as const;

/** Reads how this process sees its workspaces from its own gauges; none where it is no worker. */
export async function workspacesOf(
  registry: Pick<Registry, 'getSingleMetric'>,
): Promise<WorkspaceActivity[]> {
  const [paused, breakers, budgets] = await Promise.all(
    [GAUGES.paused, GAUGES.breaker, GAUGES.rps].map((name) => samplesOf(registry, name)),
  );
  return (paused ?? []).map(({ labels: { workspace: name = '' }, value }) => ({
    name,
    paused: value === 1,
    apis: (budgets ?? [])
      .filter(({ labels }) => labels.workspace === name)
      .map(({ labels: { api = '' }, value: rps }) => ({
        name: api,
        rps,
        breaker: breakers?.find(({ labels }) => labels.workspace === name && labels.api === api)?.value ?? 0,
      })),
  }));
}

interface Sample {
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly value: number;
}

async function samplesOf(registry: Pick<Registry, 'getSingleMetric'>, name: string): Promise<Sample[]> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []) as Sample[];
}
