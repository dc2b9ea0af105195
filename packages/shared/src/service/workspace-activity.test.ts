import { Gauge, Registry } from 'prom-client';
import { workspacesOf } from './workspace-activity';

test('a worker says of each workspace whether it is paused, and of each API its circuit and budget', async () => {
  const registry = new Registry();
  const gauge = (name: string, labelNames: string[]): Gauge =>
    new Gauge({ name, help: 'x', labelNames, registers: [registry] });
  const paused = gauge('optout_workspace_paused', ['workspace']);
  const breaker = gauge('optout_customerio_breaker_state', ['workspace', 'api']);
  const budget = gauge('optout_customerio_budget_rps', ['workspace', 'api']);
  for (const workspace of ['default', 'shop']) {
    paused.set({ workspace }, workspace === 'shop' ? 1 : 0);
    breaker.set({ workspace, api: 'app' }, workspace === 'shop' ? 2 : 0);
    budget.set({ workspace, api: 'app' }, 8);
  }
  expect(await workspacesOf(registry)).toEqual([
    { name: 'default', paused: false, apis: [{ name: 'app', breaker: 0, rps: 8 }] },
    { name: 'shop', paused: true, apis: [{ name: 'app', breaker: 2, rps: 8 }] },
  ]);
  expect(await workspacesOf(new Registry())).toEqual([]);
});
