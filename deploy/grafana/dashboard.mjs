import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE, panelOf } from './panel.mjs';

const TAG = 'optout-sync';
/** Where docs/ of this repository can be read: whoever imports a dashboard enters it. */
const DOCS = 'https://example.com/optout-sync/docs';

const VARIABLES = {
  workspace: { label: 'Workspace', query: 'label_values(optout_unapplied, workspace)' },
  instance: { label: 'Instance', query: 'label_values(optout_build_info, instance)' },
};

/**
 * A panel: `queries` are pairs of PromQL and a legend. `kind` is `stat`, `timeseries`, `heatmap` or `timeline`, `unit` one of
 * Grafana's, `width` in a grid of 24 columns. `runbook` is an alert of docs/runbook.md, or another page of docs/ with its
 * section. `empty` is shown where there is no series. `line` is a limit to draw; `signed` lets values be negative; a stat is red
 * from `redFrom`, or below `redBelow`.
 *
 * @typedef {{ title: string, about?: string, kind: string, unit: string, decimals?: number, width: number,
 *   queries: [string, string?][], runbook: string, empty?: string, line?: number, signed?: boolean, redFrom?: number,
 *   redBelow?: number }} Panel
 */

/**
 * A dashboard in Grafana's JSON.
 *
 * @param {{ uid: string, title: string, about: string, variables: (keyof typeof VARIABLES)[],
 *   rows: { title: string, panels: Panel[] }[] }} description
 */
export function dashboardOf({ uid, title, about, variables, rows }) {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .link(
      new DashboardLinkBuilder('optout-sync')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const name of variables) dashboard.withVariable(variable(name, VARIABLES[name]));
  dashboard.withVariable(new TextBoxVariableBuilder('docs').label('URL of docs/').defaultValue(DOCS));
  for (const annotation of annotations()) dashboard.annotation(annotation);
  let id = 0;
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) dashboard.withPanel(panelOf(panel).id(++id));
  }
  return withoutPlacement(dashboard.build());
}

/** The SDK puts every link and annotation into a menu of Grafana 12.3 and later, and has no value for their usual place. */
function withoutPlacement(dashboard) {
  const placed = [
    ...dashboard.links,
    ...dashboard.annotations.list,
    ...dashboard.panels.flatMap((p) => p.links ?? []),
  ];
  for (const item of placed) delete item.placement;
  return dashboard;
}

/** Several can be chosen. "All" also finds what has no such label. */
const variable = (name, { label, query }) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

/** A release that was not there 5 minutes before, and each start of a process: the value of its series is the time. */
function annotations() {
  const releases = 'count by (service, version) (optout_build_info{instance=~"$instance"}';
  const starts = 'process_start_time_seconds{job=~"optout-.*",instance=~"$instance"}';
  const annotation = (name, colour) =>
    new AnnotationQueryBuilder().name(name).datasource(DATA_SOURCE).enable(true).iconColor(colour).step('1m');
  return [
    annotation('Deploys', 'blue')
      .expr(`${releases}) unless ${releases} offset 5m)`)
      .titleFormat('{{service}} {{version}}'),
    annotation('Restarts', 'orange')
      .expr(`max by (service, instance) (${starts}) * 1000`)
      .useValueForTime(true)
      .titleFormat('{{service}} started')
      .textFormat('{{instance}}'),
  ];
}
