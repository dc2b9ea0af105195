/** A series of a query's result. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Asks a Prometheus for the present value of an expression.
 *
 * @throws {Error} with Prometheus' own message when it rejects the expression
 */
export async function queryPrometheus(url: string, expression: string): Promise<Sample[]> {
  const answer = (await get(url, `query?${new URLSearchParams({ query: expression }).toString()}`)) as {
    result: { metric: Record<string, string>; value: [number, string] }[];
  };
  return answer.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** What Prometheus scrapes, and whether the last scrape succeeded. */
export async function scrapedTargets(
  url: string,
): Promise<{ readonly job: string; readonly instance: string; readonly up: boolean }[]> {
  const answer = (await get(url, 'targets?state=active')) as {
    activeTargets: { labels: { job: string; instance: string }; health: string }[];
  };
  return answer.activeTargets.map(({ labels, health }) => ({ ...labels, up: health === 'up' }));
}

async function get(url: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
  const { data, error } = (await response.json()) as { data?: unknown; error?: string };
  if (error !== undefined) throw new Error(`Prometheus: ${error}`);
  return data;
}
