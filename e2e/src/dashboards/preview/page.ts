import type { Dashboard, Panel } from '../committed';
import type { Line } from '../panel-data';
import { heatmapSvg, timeSeriesSvg, type Canvas, type Size } from './charts';
import { escapeHtml } from './escape-html';
import { formatValue } from './format-value';
import { legendOf } from './legend';
import { styles } from './styles';

/** Grafana's grid, in pixels. */
const CELL = { width: 58, height: 30, gap: 8 };
const HEADER = 80;
/** Of a panel, with its padding. */
const TITLE = 34;
export const PAGE_WIDTH = 24 * CELL.width + CELL.gap;

/** A panel and what it shows. */
export interface FilledPanel {
  readonly panel: Panel;
  readonly lines: readonly Line[];
}

/** A dashboard as an HTML page, and how high it is. `remark` says what it is a picture of. */
export function dashboardPage(
  { title }: Dashboard,
  panels: readonly FilledPanel[],
  canvas: Canvas,
  remark: string,
): { readonly html: string; readonly height: number } {
  const rows = Math.max(...panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h));
  const html = `<!doctype html><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>${styles(canvas.theme)}</style>
<header><h1>${escapeHtml(title)}</h1><p><b>Preview</b> ${escapeHtml(remark)}</p></header>
${panels.map((filled) => box(filled, canvas)).join('\n')}`;
  return { html, height: HEADER + rows * (CELL.height + CELL.gap) + CELL.gap };
}

function box({ panel, lines }: FilledPanel, canvas: Canvas): string {
  const { x, y, w, h } = panel.gridPos;
  const size = { width: w * CELL.width - CELL.gap, height: h * (CELL.height + CELL.gap) - CELL.gap };
  const place = `left:${x * CELL.width + CELL.gap}px;top:${HEADER + y * (CELL.height + CELL.gap)}px;width:${size.width}px;height:${size.height}px`;
  if (panel.type === 'row') return `<h2 style="${place}">${escapeHtml(panel.title)}</h2>`;
  return `<section style="${place}"><h3>${escapeHtml(panel.title)}</h3>${content(panel, lines, canvas, size)}</section>`;
}

function content(panel: Panel, lines: readonly Line[], canvas: Canvas, { width, height }: Size): string {
  const chart = { width: width - 12, height: height - TITLE };
  if (lines.every(({ points }) => points.length === 0)) {
    return `<p class="none">${escapeHtml(panel.fieldConfig?.defaults.noValue ?? 'No data')}</p>`;
  }
  switch (panel.type) {
    case 'stat':
      return stat(panel, lines, canvas);
    case 'heatmap':
      return heatmapSvg(lines, canvas, chart);
    case 'state-timeline':
      return timeline(lines, canvas);
    case 'timeseries': {
      const legend = legendOf(lines, panel, canvas.theme, chart.width);
      const size = { ...chart, height: chart.height - legend.height };
      return `${timeSeriesSvg(panel, lines, canvas, size)}${legend.html}`;
    }
    case 'row':
      return '';
    default:
      return panel.type satisfies never;
  }
}

function stat(panel: Panel, lines: readonly Line[], { theme }: Canvas): string {
  const value = lines.at(-1)?.points.at(-1)?.[1] ?? 0;
  const steps = panel.fieldConfig?.defaults.thresholds?.steps ?? [];
  const colour = steps.filter(({ value: from }) => value >= (from ?? -Infinity)).at(-1)?.color;
  const shown = colour === 'red' ? theme.red : colour === 'green' ? theme.green : theme.text;
  return `<p class="stat" style="color:${shown}">${formatValue(value, panel.fieldConfig?.defaults.unit)}</p>`;
}

/** A bar for each time in which a series has a value. */
function timeline(lines: readonly Line[], { view }: Canvas): string {
  const share = (seconds: number): string => `${((seconds / (view.to - view.from)) * 100).toFixed(2)}%`;
  const rows = lines.map(({ name, points }) => {
    const bars = points.map(
      ([at]) =>
        `<i style="left:${share(at - view.from)};width:max(2px,${share(view.scrapeInterval * 1.2)})"></i>`,
    );
    return `<div class="alert"><span>${escapeHtml(name)}</span><div>${bars.join('')}</div></div>`;
  });
  return rows.join('');
}
