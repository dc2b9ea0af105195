/** What a dashboard shows: its time, how closely Prometheus scrapes, and what is chosen at its top. */
export interface View {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** In seconds: the interval of the data source, which is that of the scrapes. */
  readonly scrapeInterval: number;
  /** By name; a variable that is missing has the choice "All". */
  readonly chosen?: Readonly<Record<string, readonly string[]>>;
}

/** As many points as a panel has pixels, about. */
const MAX_DATA_POINTS = 600;

/** The steps that Grafana rounds to, in seconds, each up to the limit at its left. */
const STEPS = [
  [1.5, 1],
  [3.5, 2],
  [7.5, 5],
  [12.5, 10],
  [17.5, 15],
  [25, 20],
  [45, 30],
  [90, 60],
  [210, 120],
  [450, 300],
  [750, 600],
  [1050, 900],
  [1500, 1200],
  [2700, 1800],
  [5400, 3600],
] as const;

/** `$__interval`: the step between two points of a query, in seconds. */
export function stepOf({ from, to, scrapeInterval }: View): number {
  const exact = (to - from) / MAX_DATA_POINTS;
  const [, rounded] = STEPS.find(([limit]) => exact < limit) ?? STEPS.at(-1)!;
  return Math.max(rounded, scrapeInterval);
}

/** Puts the values of variables into a query, as Grafana's data source for Prometheus does. */
export function interpolate(expr: string, view: View): string {
  const step = stepOf(view);
  const rateInterval = Math.max(step + view.scrapeInterval, 4 * view.scrapeInterval);
  const builtIn: Readonly<Record<string, string>> = {
    __rate_interval: `${rateInterval}s`,
    __interval: `${step}s`,
    __range: `${Math.ceil(view.to - view.from)}s`,
  };
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => builtIn[name] ?? choice(view.chosen?.[name]));
}

/** "All" has the value `.*` of its own; other values are escaped, and several of them are alternatives. */
function choice(values: readonly string[] | undefined): string {
  if (values === undefined) return '.*';
  const escaped = values.map((value) => value.replaceAll(/[$^*{}[\]'+?.()|\\]/g, String.raw`\\$&`));
  return escaped.length === 1 ? escaped.join('') : `(${escaped.join('|')})`;
}
