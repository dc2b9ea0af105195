import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@optout-sync/shared/service';
import { DASHBOARDS, FOLDER } from './dashboards/committed';
import { interpolate } from './dashboards/interpolate';
import { namesIn } from './dashboards/query-names';
import { METRICS } from './support/metric-tables';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const VIEW = { from: 0, to: 3_600, scrapeInterval: 15 };

/** Labels that every series of a service has, and those of a histogram's buckets. */
const OF_ALL = ['job', 'instance', 'service', 'le'];
const nodeMetrics = createRegistry('ingest').getMetricsAsArray() as unknown as {
  name: string;
  labelNames: string[];
}[];
/** The labels of each series, by its name: ours, Node's, those of the rules, and Prometheus' own. */
const LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ...nodeMetrics.map(({ name, labelNames }) => [name, labelNames] as const),
  ...METRICS.map(({ name, labels }) => [name, labels] as const),
  // The name of a recording begins with its label.
  ...[...read('deploy/prometheus/rules.yml').matchAll(/record: "?((\w+):[\w:]+)/g)].map(
    ([, name = '', label = '']) => [name, [label]] as const,
  ),
  ['up', []],
  ['scrape_duration_seconds', []],
  ['ALERTS', ['alertname', 'alertstate']],
]);
const labelsOf = (name: string): readonly string[] | undefined =>
  LABELS.get(name) ?? LABELS.get(name.replace(/_(bucket|count|sum)$/, ''));

const PANELS = DASHBOARDS.flatMap(({ title: dashboard, panels }) =>
  panels.filter(({ type }) => type !== 'row').map((panel) => ({ ...panel, dashboard })),
);
const QUERIES = [
  ...PANELS.flatMap(({ dashboard, title, targets = [] }) =>
    targets.map(({ expr, legendFormat = '' }) => ({ dashboard, title, expr, legend: legendFormat })),
  ),
  ...DASHBOARDS.flatMap(({ title: dashboard, annotations }) =>
    annotations.list.map(({ name, expr }) => ({ dashboard, title: name, expr, legend: '' })),
  ),
];

describe('the committed dashboards', () => {
  it('are what their generator writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'optout-sync-dashboards-'));
    try {
      execFileSync(process.execPath, [join(ROOT, 'deploy/grafana/generate.mjs'), folder]);
      const filesIn = (path: string): Record<string, string> =>
        Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file), 'utf8')]));
      expect(filesIn(FOLDER)).toEqual(filesIn(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are four, which lead to each other', () => {
    expect(DASHBOARDS.map(({ title }) => title).sort()).toEqual([
      'Are opt-outs honoured?',
      'Processes and Redis',
      'Queues and Customer.io',
      'Webhooks and spool',
    ]);
    for (const { tags } of DASHBOARDS) expect(tags).toContain('optout-sync');
  });

  it('have links and annotations where everybody sees them, not in the menu of Grafana 12.3', () => {
    expect(JSON.stringify(DASHBOARDS)).not.toContain('inControlsMenu');
  });

  it('show every metric, also through a recording', () => {
    const shown = [...QUERIES.map(({ expr }) => expr), read('deploy/prometheus/rules.yml')].join('\n');
    const isShown = ({ name }: { name: string }): boolean =>
      new RegExp(`\\b${name}(_bucket|_count|_sum)?\\b`).test(shown);
    expect(METRICS.filter((metric) => !isShown(metric)).map(({ name }) => name)).toEqual([]);
  });

  it.each(DASHBOARDS)('$title has another id for each panel, by which Grafana links to it', ({ panels }) => {
    const ids = panels.map(({ id }) => id);
    expect(ids.every((id) => id > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(DASHBOARDS)('$title offers each variable that its queries have', (dashboard) => {
    const offered = dashboard.templating.list.map(({ name }) => name);
    const text = JSON.stringify([dashboard.panels, dashboard.annotations]);
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    expect(new Set(used.filter((name) => !name.startsWith('__')))).toEqual(new Set(offered));
  });
});

describe('the variable', () => {
  const variables = DASHBOARDS.flatMap(({ title: dashboard, templating: { list } }) =>
    list.filter(({ type }) => type === 'query').map((variable) => ({ ...variable, dashboard })),
  );
  it.each(variables)('$name of $dashboard offers the values of a label that exists', ({ query = '' }) => {
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
    expect([...(labelsOf(metric) ?? []), ...(labelsOf(metric) ? OF_ALL : [])]).toContain(label);
  });
});

describe('the query', () => {
  it.each(QUERIES)('of $dashboard, $title: $expr', ({ expr, legend }) => {
    const named = namesIn(interpolate(expr, VIEW));
    expect(named.length).toBeGreaterThan(0);
    for (const { name, labels } of named) {
      const known = labelsOf(name);
      expect({ name, exists: known !== undefined }).toEqual({ name, exists: true });
      expect([...(known ?? []), ...OF_ALL]).toEqual(expect.arrayContaining([...labels]));
    }
    const shown = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label]) => label);
    const grouped = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
    const available = expr.includes(' by (') ? grouped : named.flatMap(({ name }) => labelsOf(name) ?? []);
    expect([...available, ...(grouped.length > 0 ? [] : OF_ALL)]).toEqual(expect.arrayContaining(shown));
  });
});

describe('the panel', () => {
  it.each(PANELS)('$title of $dashboard has a unit, and a legend for each line', (panel) => {
    const { type, fieldConfig, options, targets = [] } = panel;
    expect(fieldConfig?.defaults.unit ?? options?.yAxis?.unit).toMatch(/^\w+$/);
    if (type === 'stat') return;
    for (const { legendFormat } of targets) expect(legendFormat).toMatch(/\S/);
  });

  it.each(PANELS.filter(({ type }) => type === 'state-timeline'))(
    '$title of $dashboard has the colours of its thresholds, not shades from green to red as by default',
    ({ fieldConfig }) => expect(fieldConfig?.defaults.color).toEqual({ mode: 'thresholds' }),
  );

  it.each(PANELS)('$title of $dashboard leads to a section that exists', ({ links = [], title }) => {
    expect({ title, links: links.length }).toEqual({ title, links: 1 });
    for (const { url } of links) {
      const [, page = '', anchor] = /^\$\{docs\}\/([\w.-]+)(?:#(.*))?$/.exec(url) ?? [];
      expect({ page, exists: existsSync(join(ROOT, 'docs', page)) }).toEqual({ page, exists: true });
      const anchors = [...read(`docs/${page}`).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
  });
});
