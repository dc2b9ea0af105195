import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrapedTargets } from '@optout-sync/local-runtime/monitoring';
import { waitFor } from '@optout-sync/local-runtime/process';
import { addressOf } from './support/compose';

jest.setTimeout(180_000);

const RULES = join(__dirname, '../../../deploy/prometheus/rules.yml');
const ALERT = 'CheckOfTheContainers';
const WITHIN_MS = 60_000;

let prometheus: string;
beforeAll(async () => {
  prometheus = await addressOf('prometheus', 9090);
});

/** Waits until a check passes: it throws what is wrong. */
const eventually = (what: string, check: () => Promise<void>): Promise<unknown> =>
  waitFor(() => check().then(() => true), { what, timeoutMs: WITHIN_MS, everyMs: 500 });

const read = async (url: string): Promise<unknown> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return response.json();
};

describe('the profile monitoring', () => {
  it('scrapes every service', () =>
    eventually('all targets to be up', async () => {
      const targets = await scrapedTargets(prometheus);
      expect(targets.filter(({ up }) => !up)).toEqual([]);
      expect([...new Set(targets.map(({ job }) => job))].sort()).toEqual([
        'alertmanager',
        'optout-console',
        'optout-ingest',
        'optout-worker',
      ]);
    }));

  it('has our rules, and can evaluate them', () =>
    eventually('the rules', async () => {
      const answer = (await read(`${prometheus}/api/v1/rules`)) as {
        data: { groups: { rules: { health: string }[] }[] };
      };
      const rules = answer.data.groups.flatMap((group) => group.rules);
      expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
      expect(rules).toHaveLength(
        [...readFileSync(RULES, 'utf8').matchAll(/^ +- (?:alert|record): /gm)].length,
      );
    }));

  it('knows the Alertmanager', () =>
    eventually('the Alertmanager', async () => {
      const answer = (await read(`${prometheus}/api/v1/alertmanagers`)) as {
        data: { activeAlertmanagers: unknown[] };
      };
      expect(answer.data.activeAlertmanagers).toHaveLength(1);
    }));

  it('sends an alert to ALERT_WEBHOOK_URL', async () => {
    const alertmanager = await addressOf('alertmanager', 9093);
    const webhook = await addressOf('alert-webhook', 8080);
    await eventually('an alert to be accepted', async () => {
      const response = await fetch(`${alertmanager}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ labels: { alertname: ALERT, severity: 'ticket' } }]),
      });
      expect(response.status).toBe(200);
    });
    await eventually('the alert to reach the webhook', async () => {
      expect(await read(`${webhook}/alerts`)).toContain(ALERT);
    });
  });
});
