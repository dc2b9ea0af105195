import { CASES } from './rule-test-cases.mjs';
import { rules } from './rules.mjs';

/** The unit tests of the rules for `promtool test rules`: for each alert, cases in which it fires and in which it is quiet. */
export function ruleTests() {
  const alerts = new Map(
    rules()
      .flatMap((group) => group.rules)
      .filter(({ alert }) => alert)
      .map((rule) => [rule.alert, rule]),
  );
  return {
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: Object.entries(CASES).flatMap(([name, { fires, quiet, ...look }]) => [
      ...fires.map((series) => testOf(alerts.get(name), look, series, true)),
      ...quiet.map((series) => testOf(alerts.get(name), look, series, false)),
    ]),
  };
}

function testOf(
  { alert, labels, annotations },
  look,
  { name, labels: own = look.labels, ...series },
  isFiring,
) {
  const summary = annotations.summary.replaceAll(/{{ \$labels\.(\w+) }}/g, (_, label) => own[label] ?? '');
  const expected = {
    exp_labels: { ...labels, ...own },
    exp_annotations: { ...annotations, summary },
  };
  return {
    name: `${alert} ${isFiring ? 'fires' : 'is quiet'}${name ? `: ${name}` : ''}`,
    interval: look.interval ?? '30s',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    alert_rule_test: [{ eval_time: look.at, alertname: alert, exp_alerts: isFiring ? [expected] : [] }],
  };
}
