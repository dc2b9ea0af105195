import type { RunningIngest } from './running-ingest';

/** The value of the first sample of a metric that has all of these labels, NaN when there is none. */
export async function metricOf(
  { adminUrl }: RunningIngest,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const line = text
    .split('\n')
    .find(
      (each) =>
        each.startsWith(`${name}{`) &&
        Object.entries(labels).every(([label, value]) => each.includes(`${label}="${value}"`)),
    );
  return Number(line?.split(' ').at(-1) ?? NaN);
}
