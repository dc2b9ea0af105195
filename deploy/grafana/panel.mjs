import {
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as stateTimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as timeSeries from '@grafana/grafana-foundation-sdk/timeseries';

/** What is chosen at the top of a dashboard. */
export const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };

const HEIGHT = { stat: 4, timeseries: 8, heatmap: 8, timeline: 8 };

const BUILDERS = {
  stat: () => new stat.PanelBuilder().graphMode(BigValueGraphMode.None),
  timeseries: () =>
    new timeSeries.PanelBuilder()
      .fillOpacity(8)
      .showPoints(VisibilityMode.Auto)
      .tooltip(
        new VizTooltipOptionsBuilder()
          .mode(TooltipDisplayMode.Multi)
          .sort(SortOrder.Descending)
          .hideZeros(true),
      )
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .showLegend(true)
          .calcs(['lastNotNull']),
      ),
  heatmap: () => new heatmap.PanelBuilder().calculate(false),
  timeline: () =>
    new stateTimeline.PanelBuilder()
      .showValue(VisibilityMode.Never)
      .rowHeight(0.8)
      // By default the colour is a shade from green to red.
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Hidden).showLegend(false)),
};

/** A panel in the SDK's form; see the type `Panel` in dashboard.mjs. */
export function panelOf(description) {
  const { title, about, kind, unit, width, queries, runbook, signed, empty, decimals } = description;
  const panel = BUILDERS[kind]()
    .title(title)
    .datasource(DATA_SOURCE)
    .height(HEIGHT[kind])
    .span(width)
    .links([runbookLink(runbook)]);
  if (about) panel.description(about);
  if (decimals !== undefined) panel.decimals(decimals);
  if (empty) panel.noValue(empty);
  if (empty && kind === 'stat') panel.mappings([withoutValue(empty)]);
  if (kind === 'timeseries' && !signed) panel.min(0);
  if (kind === 'heatmap') panel.yAxis(new heatmap.YAxisConfigBuilder().unit(unit));
  else panel.unit(unit);
  const limits = thresholds(description);
  if (limits) panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(limits));
  if (limits && kind === 'timeseries') {
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  queries.forEach(([expr, legend = ''], index) => {
    panel.withTarget(queryOf(expr, legend, kind).refId(String.fromCharCode(65 + index)));
  });
  return panel;
}

/** Without this a stat that has no number, or NaN, has the colour of its lowest threshold. */
const withoutValue = (text) => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, color: 'text' } },
});

/** A stat shows the present value; everything else a range. */
function queryOf(expr, legend, kind) {
  const query = new DataqueryBuilder().expr(expr).legendFormat(legend);
  if (kind === 'stat') return query.instant();
  return kind === 'heatmap' ? query.range().format(PromQueryFormat.Heatmap) : query.range();
}

/** Colours from a value on. */
function thresholds({ kind, line, redFrom, redBelow }) {
  const steps = (below, from, above) => [
    { value: null, color: below },
    { value: from, color: above },
  ];
  if (line !== undefined) return steps('transparent', line, 'red');
  if (redFrom !== undefined) return steps('green', redFrom, 'red');
  if (redBelow !== undefined) return steps('red', redBelow, 'green');
  if (kind === 'stat') return [{ value: null, color: 'text' }];
  return kind === 'timeline' ? [{ value: null, color: 'red' }] : undefined;
}

/** An alert has a section of its own name in docs/runbook.md. */
function runbookLink(runbook) {
  const isPage = /\.md(#|$)/.test(runbook);
  const page = isPage ? runbook : `runbook.md#${runbook.toLowerCase()}`;
  return new DashboardLinkBuilder(isPage ? 'What to do' : `Runbook: ${runbook}`)
    .type(DashboardLinkType.Link)
    .url(`\${docs}/${page}`)
    .targetBlank(true);
}
