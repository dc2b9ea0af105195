import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dashboard } from '../committed';
import type { View } from '../interpolate';
import { annotationTimes, panelData } from '../panel-data';
import type { Mark } from './charts';
import { screenshot, type Tools } from './screenshot';
import { PAGE_WIDTH, dashboardPage, type FilledPanel } from './page';
import { THEMES } from './theme';

export interface Drawing {
  /** The Prometheus with the data. */
  readonly url: string;
  readonly view: View;
  /** Says on the picture what it is a picture of. */
  readonly remark: string;
  readonly folder: string;
  readonly tools: Tools;
}

/** Draws a dashboard in each theme. Returns the files. */
export async function drawDashboard(
  dashboard: Dashboard,
  { url, view, remark, folder, tools }: Drawing,
): Promise<string[]> {
  const panels = await Promise.all(
    dashboard.panels.map(async (panel): Promise<FilledPanel> => ({
      panel,
      lines: await panelData(panel, view, url),
    })),
  );
  const marks = (await Promise.all(dashboard.annotations.list.map((of) => marksOf(of)))).flat();
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const theme of THEMES) {
    const { html, height } = dashboardPage(dashboard, panels, { theme, view, marks }, remark);
    const file = join(folder, `dashboard-${dashboard.uid.replace('optout-', '')}-${theme.name}.png`);
    await screenshot(tools, html, file, { width: PAGE_WIDTH, height });
    files.push(file);
  }
  return files;

  async function marksOf(annotation: Dashboard['annotations']['list'][number]): Promise<Mark[]> {
    const times = await annotationTimes(annotation, view, url);
    return times.map(({ at }) => ({ at, colour: annotation.useValueForTime ? 'orange' : 'blue' }));
  }
}
