/** A series: its labels, and points of Unix seconds and a value. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

type Sample = [number, string];
interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: { metric: Record<string, string>; value?: Sample; values?: Sample[] }[];
  };
}

/** The API of the Prometheus at `url`, for queries. Each throws an Error with Prometheus' words when a query is wrong. */
export const prometheusApi = (url: string) => ({
  /** The series at one moment. */
  at: (query: string, time: number): Promise<Series[]> => ask(url, 'query', { query, time }),
  /** The series over a time, a point each `step` seconds. */
  range: (query: string, times: { start: number; end: number; step: number }): Promise<Series[]> =>
    ask(url, 'query_range', { query, ...times }),
});

async function ask(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Series[]> {
  const body = new URLSearchParams(
    Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)])),
  );
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  const { status, error = '', data } = (await response.json()) as Answer;
  if (status !== 'success') throw new Error(`${error}, in the query ${String(parameters.query)}`);
  return data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
    labels: metric,
    points: values.map(([seconds, text]) => [seconds, Number(text)] as const),
  }));
}
