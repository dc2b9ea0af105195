import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** One of our metrics. */
interface Metric {
  readonly name: string;
  readonly labels: readonly string[];
  readonly type: string;
  readonly help: string;
}

const METRIC_TABLES = [
  'packages/shared/src/service/metric-definitions.ts',
  'packages/shared/src/service/enqueue-metrics.ts',
  'packages/shared/src/service/last-success.ts',
  'packages/shared/src/unapplied/metrics.ts',
  'services/ingest/src/metrics.ts',
  'services/worker/src/metrics.ts',
  'services/worker/src/sent-check/metrics.ts',
  'services/console/src/metrics.ts',
];

/** The metrics of both services, from the tables in their sources. */
export const METRICS = METRIC_TABLES.flatMap((file) =>
  Object.values(jest.requireActual<Record<string, unknown>>(join(ROOT, file))).flatMap(metricsIn),
);

/** The definitions in an export: a table of them, or something else without any. */
function metricsIn(exported: unknown): Metric[] {
  if (typeof exported !== 'object' || exported === null) return [];
  return Object.values(exported).flatMap((value: unknown) => {
    const { name, labels = [], type = '', help = '' } = (value ?? {}) as Partial<Metric>;
    return typeof name === 'string' && name.startsWith('optout_') ? [{ name, labels, type, help }] : [];
  });
}
