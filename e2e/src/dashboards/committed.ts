import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The dashboards as they are committed, which is how users import them. */
export const FOLDER = join(__dirname, '../../../deploy/grafana/dashboards');

type PanelKind = 'row' | 'stat' | 'timeseries' | 'heatmap' | 'state-timeline';

/** What we read of a panel in Grafana's JSON. */
export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: PanelKind;
  readonly description?: string;
  /** In a grid of 24 columns; a unit of height is 30 pixels, with a gap of 8. */
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat?: string;
    readonly instant?: boolean;
  }[];
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly options?: { readonly yAxis?: { readonly unit?: string } };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly min?: number;
      readonly color?: { readonly mode: string };
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query?: string;
  readonly allValue?: string;
}
export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly useValueForTime?: boolean;
}

/** All dashboards, by the names of their files. */
export const DASHBOARDS: readonly Dashboard[] = readdirSync(FOLDER)
  .sort()
  .map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard);
