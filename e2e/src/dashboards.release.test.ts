import { DASHBOARDS } from './dashboards/committed';
import { runIncident, type Incident } from './dashboards/incident';
import { interpolate } from './dashboards/interpolate';
import { annotationTimes, queryData } from './dashboards/panel-data';
import { namesIn } from './dashboards/query-names';

jest.setTimeout(600_000);

/** Panels that have no data in this incident, with the reason. */
const EMPTY: Readonly<Record<string, string>> = {
  'Stored for workspaces that are not configured': 'no workspace was renamed',
  'Native list: how much is caught up': 'no native list is configured',
  "Twilio's own list: circuit (0 closed, 1 probes, 2 open)": 'nothing is written to Twilio',
  "Twilio's own list: answers by status": 'nothing is written to Twilio',
  'Since the last backfill': 'no backfill was run',
  'Share of those written to who opted out, 1 h': "Twilio's message log is not read",
  'Messages sent': "Twilio's message log is not read",
  'Since the message log was compared': "Twilio's message log is not read",
};

/** Metrics without a series until Twilio's message log is read. */
const UNREAD = ['optout_message_log_age_seconds', 'optout_messages_sent_total'];
/** Gauges without a series until a workspace is renamed. */
const UNSERVED = ['optout_unserved_jobs', 'optout_unserved_ledger_entries'];

let incident: Incident;
beforeAll(async () => {
  incident = await runIncident({ calm: 15, outage: 75, scale: 60, scrapeInterval: 2, log: () => undefined });
});
afterAll(() => incident.stop());

/** The labels that Prometheus adds. */
const OF_PROMETHEUS = ['job', 'instance'];

it('had every metric in the /metrics of a service that a panel names, with every label', () => {
  const queries = DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
  const named = queries.flatMap(({ expr }) => namesIn(interpolate(expr, incident.view)));
  const page = incident.pages.join('\n');
  const labelsOf = (name: string): Set<string> => {
    const series = [...page.matchAll(new RegExp(`^${name}\\{(.*)\\} `, 'gm'))];
    return new Set(
      series.flatMap(([, list = '']) => [...list.matchAll(/(\w+)="/g)].map(([, of = '']) => of)),
    );
  };
  const exported = named.filter(({ name }) => /^(optout|process|nodejs)_/.test(name));
  const missing = exported.flatMap(({ name, labels }) => {
    const known = labelsOf(name);
    if (known.size === 0) return [name];
    const unknown = labels.filter((label) => !known.has(label) && !OF_PROMETHEUS.includes(label));
    return unknown.map((label) => `${name}{${label}}`);
  });
  expect([...new Set(missing)].sort()).toEqual([
    ...UNREAD,
    'optout_native_catch_up_ratio',
    'optout_twilio_breaker_state',
    'optout_twilio_requests_total',
    ...UNSERVED,
  ]);
});

describe.each(DASHBOARDS)('$title, after an incident', ({ panels, annotations }) => {
  const queries = panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ title, ...target })),
  );

  it.each(queries)('$title: $expr', async (target) => {
    const lines = await queryData(target, incident.view, incident.url);
    const points = lines.reduce((sum, line) => sum + line.points.length, 0);
    expect({ hasData: points > 0 }).toEqual({ hasData: !(target.title in EMPTY) });
  });

  it.each(annotations.list)('$name are marked', async (annotation) => {
    expect((await annotationTimes(annotation, incident.view, incident.url)).length).toBeGreaterThan(0);
  });
});
