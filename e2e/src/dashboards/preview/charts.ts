import { init, type EChartsOption } from 'echarts';
import type { Panel } from '../committed';
import type { Line } from '../panel-data';
import type { View } from '../interpolate';
import { tickInterval } from './axis';
import { formatValue } from './format-value';
import type { Theme } from './theme';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** When something happened that a dashboard marks, in Unix seconds. */
export interface Mark {
  readonly at: number;
  readonly colour: 'blue' | 'orange';
}

/** What all charts of a picture have in common. */
export interface Canvas {
  readonly theme: Theme;
  readonly view: View;
  readonly marks: readonly Mark[];
}

/** Draws a panel over time, as SVG. */
export function timeSeriesSvg(panel: Panel, lines: readonly Line[], canvas: Canvas, size: Size): string {
  const { theme, marks } = canvas;
  const unit = panel.fieldConfig?.defaults.unit;
  const limit = thresholdOf(panel);
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const highest = Math.max(0, ...values, limit ?? 0);
  const most = unit === 'percentunit' && highest > 0.5 && highest <= 1 ? 1 : highest || 1;
  const least = panel.fieldConfig?.defaults.min ?? Math.min(0, ...values);
  const tick = tickInterval(most - least, unit);
  const markLine = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: [
      ...marks.map(({ at, colour }) => ({
        xAxis: at * 1_000,
        lineStyle: { color: theme[colour], type: 'dashed' as const, width: 1 },
      })),
      ...(limit === undefined
        ? []
        : [{ yAxis: limit, lineStyle: { color: theme.red, type: 'dashed' as const, width: 1.5 } }]),
    ],
  };
  return svg(size, {
    ...frame(canvas),
    yAxis: {
      type: 'value',
      interval: tick,
      min: Math.floor(least / tick) * tick,
      max: Math.ceil(most / tick) * tick,
      axisLabel: { color: theme.muted, fontSize: 11, formatter: (value: number) => formatValue(value, unit) },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: lines.map((line, index) => ({
      type: 'line',
      data: withGaps(line, canvas.view),
      showSymbol: false,
      symbolSize: 3,
      lineStyle: { width: 1.5 },
      color: theme.series[index % theme.series.length],
      areaStyle: { opacity: lines.length > 2 ? 0 : 0.08 },
      ...(index === 0 && { markLine }),
    })),
  });
}

/** Grafana's default: a few beside many can still be seen. */
const EXPONENT = 0.5;

/** Draws the buckets of a histogram over time: the darker, the more. */
export function heatmapSvg(lines: readonly Line[], canvas: Canvas, size: Size): string {
  const { theme } = canvas;
  const buckets = [...lines].sort((one, other) => boundOf(one) - boundOf(other));
  const times = [...new Set(buckets.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const cells = buckets.flatMap((bucket, row) =>
    times.map((at, column) => {
      const [count, below] = [bucket, buckets[row - 1]].map((line) => valueAt(line, at));
      return [column, row, Math.max(0, (count ?? 0) - (below ?? 0))] as [number, number, number];
    }),
  );
  const shades = cells
    .filter(([, , count]) => count > 0.01)
    .map(([column, row, count]) => [column, row, count ** EXPONENT] as [number, number, number]);
  const most = Math.max(1, ...shades.map(([, , shade]) => shade));
  return svg(size, {
    animation: false,
    grid: { left: 64, right: 12, top: 8, bottom: 22 },
    xAxis: {
      type: 'category',
      data: times.map((at) => clock(at * 1_000)),
      axisLabel: { color: theme.muted, fontSize: 11 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: theme.border } },
    },
    yAxis: {
      type: 'category',
      data: buckets.map((line) =>
        Number.isFinite(boundOf(line)) ? formatValue(boundOf(line), 's') : 'more',
      ),
      axisLabel: { color: theme.muted, fontSize: 11 },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    visualMap: {
      show: false,
      min: 0,
      max: most,
      inRange: {
        color: theme.name === 'light' ? ['#fff', '#ffb357', '#b3003c'] : ['#181b1f', '#a8521b', '#ffe08a'],
      },
    },
    series: [{ type: 'heatmap', data: shades }],
  });
}

function svg({ width, height }: Size, option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

const frame = ({ theme, view }: Canvas): EChartsOption => ({
  animation: false,
  textStyle: { fontFamily: 'sans-serif' },
  grid: { left: 64, right: 12, top: 8, bottom: 22 },
  xAxis: {
    type: 'time',
    min: view.from * 1_000,
    max: view.to * 1_000,
    splitNumber: 5,
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, formatter: clock },
    axisLine: { lineStyle: { color: theme.border } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.grid } },
  },
});

/** A line ends where points are missing, as in Grafana. */
function withGaps({ points }: Line, { scrapeInterval, from, to }: View): [number, number | null][] {
  const gap = Math.max(scrapeInterval * 3, ((to - from) / 600) * 3);
  return points.flatMap(([at, value], index) => {
    const before = points[index - 1]?.[0] ?? at;
    const point: [number, number] = [at * 1_000, value];
    return at - before > gap ? [[(before + 1) * 1_000, null], point] : [point];
  });
}

/** The limit that a panel draws as a line: the value of its second threshold. */
const thresholdOf = (panel: Panel): number | undefined =>
  panel.fieldConfig?.defaults.thresholds?.steps[1]?.value ?? undefined;

const boundOf = ({ labels }: Line): number => (labels.le === '+Inf' ? Infinity : Number(labels.le));
const valueAt = (line: Line | undefined, time: number): number | undefined =>
  line?.points.find(([at]) => at === time)?.[1];
const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
