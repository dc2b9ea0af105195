/* global AbortSignal, fetch */
// node check-monitoring.mjs <host:port of Prometheus> <of Alertmanager> <of the webhook that gets the alerts>
// Waits until Prometheus scrapes everything, has the rules of deploy/prometheus and knows the Alertmanager, and until an alert
// that is given to Alertmanager has reached the webhook. Prints one line.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [prometheus, alertmanager, webhook] = process.argv.slice(2);
const RULES = new URL('../../deploy/prometheus/rules.yml', import.meta.url);
const JOBS = ['alertmanager', 'optout-ingest', 'optout-worker'];
const ALERT = 'CheckOfTheImages';
const REQUEST_MS = 10_000;
const WAIT_MS = 60_000;

async function ask(url, body) {
  const request = body && {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  };
  const response = await fetch(`http://${url}`, { ...request, signal: AbortSignal.timeout(REQUEST_MS) });
  if (!response.ok) throw new Error(`${url} is answered ${response.status}`);
  return body ? undefined : response.json();
}

/** Waits until the check returns true; until then it returns, or throws, what is wrong. */
async function until(what, check) {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const result = await check().catch((error) => error.message);
    if (result === true) return;
    if (Date.now() > deadline) throw new Error(`${what}: ${JSON.stringify(result)}`);
    await sleep(500);
  }
}

async function targets() {
  const { data } = await ask(`${prometheus}/api/v1/targets?state=active`);
  const seen = data.activeTargets.map(({ labels, health, lastError }) => [labels.job, health, lastError]);
  const up = seen.filter(([, health]) => health === 'up').map(([job]) => job);
  return (seen.length === up.length && JOBS.every((job) => up.includes(job))) || seen;
}

async function rules() {
  const expected = [...readFileSync(RULES, 'utf8').matchAll(/^ +- (?:alert|record): /gm)].length;
  const { data } = await ask(`${prometheus}/api/v1/rules`);
  const loaded = data.groups.flatMap((group) => group.rules);
  const broken = loaded
    .filter(({ health }) => health === 'err')
    .map(({ name, lastError }) => [name, lastError]);
  return (loaded.length === expected && broken.length === 0) || { expected, loaded: loaded.length, broken };
}

async function alertmanagers() {
  const { data } = await ask(`${prometheus}/api/v1/alertmanagers`);
  return data.activeAlertmanagers.length === 1 || data;
}

async function received() {
  const names = await ask(`${webhook}/alerts`);
  return names.includes(ALERT) || names;
}

try {
  await until('Prometheus scrapes', targets);
  await until('the rules of Prometheus', rules);
  await until('the Alertmanager of Prometheus', alertmanagers);
  await until('an alert given to Alertmanager', async () => {
    await ask(`${alertmanager}/api/v2/alerts`, [{ labels: { alertname: ALERT, severity: 'ticket' } }]);
    return true;
  });
  await until('the alerts that reached the webhook', received);
  console.log('Prometheus has all targets and rules, an alert reached the webhook');
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
}
