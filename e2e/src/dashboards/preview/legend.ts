import type { Panel } from '../committed';
import type { Line } from '../panel-data';
import { escapeHtml } from './escape-html';
import { formatValue } from './format-value';
import type { Theme } from './theme';

const ENTRIES = 12;
const ROW = 15;
/** Of a character, a mark and the gap to the next entry, in pixels; a little more than they need. */
const WIDTH = { character: 6.9, mark: 15, gap: 12 };

/** The legend of a panel: names of the series with their last values, those with the highest ones first in a crowd. */
export function legendOf(
  lines: readonly Line[],
  panel: Panel,
  theme: Theme,
  width: number,
): { readonly html: string; readonly height: number } {
  const unit = panel.fieldConfig?.defaults.unit;
  const entries = lines.map(({ name, points }, index) => ({
    name,
    colour: theme.series[index % theme.series.length] ?? theme.text,
    value: formatValue(points.at(-1)?.[1] ?? 0, unit),
    peak: Math.max(...points.map(([, value]) => value)),
  }));
  const crowd = entries.length > ENTRIES;
  const shown = crowd ? [...entries].sort((a, b) => b.peak - a.peak).slice(0, ENTRIES - 1) : entries;
  const items = shown.map(
    ({ name, colour, value }) =>
      `<li><i style="background:${colour}"></i>${escapeHtml(name)} <b>${value}</b></li>`,
  );
  if (crowd) items.push(`<li>and ${entries.length - shown.length} more</li>`);
  const texts = [...shown.map(({ name, value }) => `${name} ${value}`), ...(crowd ? ['and 99 more'] : [])];
  return { html: `<ul>${items.join('')}</ul>`, height: rowsOf(texts, width) * ROW };
}

/** How many rows the entries fill, one behind the other. */
function rowsOf(texts: readonly string[], width: number): number {
  let [rows, used] = [1, 0];
  for (const text of texts) {
    const needed = WIDTH.mark + text.length * WIDTH.character + WIDTH.gap;
    if (used > 0 && used + needed > width) [rows, used] = [rows + 1, 0];
    used += needed;
  }
  return rows;
}
