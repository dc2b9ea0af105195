import { RUN_KINDS, cancelRun, getRun, listRuns, type RunKind } from '@optout-sync/operations';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { RunsView } from './list-view';
import { RunView } from './run-view';

const PAGE_SIZE = 50;

export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/runs', role: 'viewer', kind: 'page', handle: list },
  { method: 'GET', path: '/runs/:id', role: 'viewer', kind: 'page', handle: show },
  { method: 'POST', path: '/runs/:id/cancel', role: 'operator', kind: 'action', handle: cancel },
];

async function list({ context, query }: ConsoleRequest): Promise<Answer> {
  const kind = RUN_KINDS.find((one): one is RunKind => one === query.get('kind'));
  const workspaces = [...new Set(context.routes.workspaces.values())];
  const cursor = query.get('cursor') ?? undefined;
  const { runs, next } = await listRuns(context.stores, { workspaces, kind, cursor, limit: PAGE_SIZE });
  return { page: { title: 'Runs', body: <RunsView {...{ runs, next, kind, query }} />, active: 'runs' } };
}

async function show({ context, params, user, csrf }: ConsoleRequest): Promise<Answer> {
  const { run, skipReasons } = await getRun(context.stores, params.id ?? '');
  const body = <RunView {...{ run, skipReasons, role: user.role, csrf }} />;
  return { page: { title: `Run ${run.id}`, body, active: 'runs' } };
}

async function cancel({ context, params, user, form }: ConsoleRequest): Promise<Answer> {
  const author = { by: user.name, why: form.get('why') ?? '' };
  const run = await cancelRun(context.stores, params.id ?? '', author);
  return { redirect: `/runs/${encodeURIComponent(run.id)}`, notice: `The ${run.kind} is ${run.state}.` };
}
