import type { Annotation, Panel } from './committed';
import { interpolate, stepOf, type View } from './interpolate';
import { prometheusApi, type Series } from './prometheus-api';

/** A series of a panel, under the name of its legend. */
export interface Line extends Series {
  readonly name: string;
}

/** What Grafana would draw: the series of all queries of a panel. Points without a number are left out. */
export async function panelData(panel: Panel, view: View, url: string): Promise<Line[]> {
  const queries = (panel.targets ?? []).map((target) => queryData(target, view, url));
  return (await Promise.all(queries)).flat();
}

/** The series of one query. */
export async function queryData(
  { expr, legendFormat = '', instant = false }: NonNullable<Panel['targets']>[number],
  view: View,
  url: string,
): Promise<Line[]> {
  const api = prometheusApi(url);
  const query = interpolate(expr, view);
  const series = instant ? await api.at(query, view.to) : await api.range(query, timesOf(view));
  return series.map(({ labels, points }) => ({
    name: legendFormat.replaceAll(/{{(\w+)}}/g, (_, label: string) => labels[label] ?? ''),
    labels,
    points: points.filter(([, value]) => Number.isFinite(value)),
  }));
}

/** When an annotation marks something, in Unix seconds, with its labels. */
export async function annotationTimes(
  { expr, useValueForTime = false }: Annotation,
  view: View,
  url: string,
): Promise<readonly { readonly at: number; readonly labels: Series['labels'] }[]> {
  const series = await prometheusApi(url).range(interpolate(expr, view), timesOf(view));
  return series.flatMap(({ labels, points }) => {
    const times = useValueForTime
      ? points.map(([, value]) => value / 1_000)
      : points.slice(0, 1).map(([at]) => at);
    return [...new Set(times)].filter((at) => at >= view.from).map((at) => ({ at, labels }));
  });
}

/** Grafana aligns the points to multiples of the step. */
function timesOf(view: View): { start: number; end: number; step: number } {
  const step = stepOf(view);
  return { start: Math.floor(view.from / step) * step, end: Math.floor(view.to / step) * step, step };
}
