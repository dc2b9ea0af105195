import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DASHBOARDS } from './dashboards/committed';
import { METRICS } from './support/metric-tables';
import { SCALE, generateRules } from './support/monitored-system';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly summary: string; readonly runbook: string };
}
const rulesIn = (text: string): Rule[] =>
  (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const RULES = rulesIn(read('deploy/prometheus/rules.yml'));
const ALERTS = RULES.flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
const RUNBOOK = read('docs/runbook.md');

describe('the alert rules', () => {
  it('are what their generator writes, and so are their tests', () => {
    expect(read('deploy/prometheus/rules.yml')).toBe(generateRules());
    expect(read('deploy/prometheus/rules_test.yml')).toBe(generateRules('--tests'));
  });

  it('differ in durations alone when they are scaled, as they are for the tests that raise them', () => {
    const withoutDurations = (text: string): string => text.replaceAll(/\b\d+(?:ms|[smhd])\b/g, '<time>');
    const scaled = generateRules('--scale', String(SCALE));
    expect(scaled).not.toBe(generateRules());
    expect(scaled).toContain('[5s]');
    // The names of recordings say their window in production.
    expect(withoutDurations(scaled)).toBe(withoutDurations(generateRules()));
  });

  it('have a section of the same name in docs/runbook.md, and no other', () => {
    expect([...RUNBOOK.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)).toEqual(ALERTS);
  });

  it.each(RULES.filter(({ alert }) => alert))(
    '$alert says how severe it is, and leads to its section',
    (rule) => {
      const { alert = '', labels, annotations } = rule;
      const [, section = ''] = RUNBOOK.split(`\n## ${alert}\n`);
      const body = section.split('\n## ')[0] ?? '';
      expect(annotations?.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
      expect(body).toContain(`Severity: ${labels?.severity ?? ''}.`);
      for (const part of ['What it means', 'How to look', 'What to do', 'When to escalate']) {
        expect(body).toContain(`**${part}.**`);
      }
    },
  );

  it.each(ALERTS)('the section of %s names a panel that exists, and that leads back to it', (alert) => {
    const section = RUNBOOK.split(`\n## ${alert}\n`)[1]?.split('\n## ')[0] ?? '';
    const [, dashboard, title] = /Dashboard _(.+?)_, panel _(.+?)_\./.exec(section) ?? [];
    const panels = DASHBOARDS.find((one) => one.title === dashboard)?.panels;
    const panel = panels?.find((one) => one.title === title);
    expect(panel?.links?.map(({ url }) => url)).toEqual([`\${docs}/runbook.md#${alert.toLowerCase()}`]);
  });

  it.each(ALERTS)('%s has a test in which it fires and one in which it is quiet', (alert) => {
    const { tests } = parse(read('deploy/prometheus/rules_test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const expected = tests
      .flatMap(({ alert_rule_test: looks }) => looks)
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: alerts }) => alerts.length);
    expect(expected).toContain(0);
    expect(expected).toContain(1);
  });

  it.each(RULES)('$alert$record names metrics and labels that exist', ({ expr }) => {
    const recorded = new Set(RULES.map(({ record }) => record));
    for (const [name] of expr.matchAll(/\b(?:workspace|sender):[\w:]+/g)) expect(recorded).toContain(name);
    for (const [, name = '', selector = ''] of expr.matchAll(/(?<![\w:])(optout_\w+)(?:{([^}]*)})?/g)) {
      const metric = METRICS.find(({ name: known }) => known === name.replace(/_(bucket|count|sum)$/, ''));
      expect({ name, exists: metric !== undefined }).toEqual({ name, exists: true });
      const labels = [...selector.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label);
      expect([...(metric?.labels ?? []), 'le']).toEqual(expect.arrayContaining(labels));
    }
  });
});
