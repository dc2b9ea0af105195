// Writes the dashboards into a folder:   node deploy/grafana/generate.mjs [folder]
// Without a folder:                      into deploy/grafana/dashboards
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardOf } from './dashboard.mjs';
import { optOuts } from './panels/opt-outs.mjs';
import { processes } from './panels/processes.mjs';
import { queues } from './panels/queues.mjs';
import { webhooks } from './panels/webhooks.mjs';

const [folder = join(import.meta.dirname, 'dashboards')] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const description of [optOuts, webhooks, queues, processes]) {
  const json = JSON.stringify(dashboardOf(description), undefined, 2);
  writeFileSync(join(folder, `${description.uid}.json`), `${json}\n`);
}
