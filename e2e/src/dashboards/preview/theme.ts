/** The colours of a picture. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly page: string;
  readonly panel: string;
  readonly border: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly green: string;
  readonly red: string;
  readonly orange: string;
  readonly blue: string;
  /** Of the series, in their order. */
  readonly series: readonly string[];
}

const HUES = [
  ...['#3274d9', '#e02f44', '#56a64b', '#ff780a', '#8f3bb8', '#0a9d9d', '#c4a000'],
  ...['#7c5c3b', '#d6479a', '#5b6ee1', '#84a33b', '#666e78'],
];

export const THEMES: readonly Theme[] = [
  {
    name: 'light',
    page: '#f4f5f5',
    panel: '#ffffff',
    border: '#d8dadd',
    text: '#24292e',
    muted: '#5b636b',
    grid: '#e8eaec',
    green: '#2f8a35',
    red: '#c4162a',
    orange: '#c15c00',
    blue: '#1f60c4',
    series: HUES,
  },
  {
    name: 'dark',
    page: '#111217',
    panel: '#181b1f',
    border: '#2c3036',
    text: '#d8d9da',
    muted: '#9fa7b3',
    grid: '#2a2e34',
    green: '#73bf69',
    red: '#ff7383',
    orange: '#ff9830',
    blue: '#6ea6ff',
    series: HUES.map((hue) => ({ '#3274d9': '#5794f2', '#8f3bb8': '#b877d9' })[hue] ?? hue),
  },
];
