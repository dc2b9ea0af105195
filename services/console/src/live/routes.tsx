import { renderToString } from 'preact-render-to-string';
import { getRun, readStatus } from '@optout-sync/operations';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../http/route';
import { readHour } from '../minutes/read-hour';
import { OverviewNumbers } from '../pages/overview/overview-numbers';
import { RunProgress } from '../pages/runs/run-view';
import { liveStreamsOf } from './live-streams';

const OVERVIEW_MS = 5_000;
const RUN_MS = 1_000;

export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/live/overview', role: 'viewer', kind: 'stream', handle: overview },
  { method: 'GET', path: '/live/runs/:id', role: 'viewer', kind: 'stream', handle: run },
];

function overview({ context }: ConsoleRequest): Promise<Answer> {
  const stream = liveStreamsOf(context).answer({
    key: 'overview',
    event: 'numbers',
    periodMs: OVERVIEW_MS,
    async read() {
      const status = await readStatus(context.stores, context.routes);
      const hour = await readHour(context.stores, status.at);
      return { html: renderToString(<OverviewNumbers status={status} hour={hour} />) };
    },
  });
  return Promise.resolve(stream);
}

async function run({ context, params }: ConsoleRequest): Promise<Answer> {
  const { id = '' } = params;
  await getRun(context.stores, id);
  return liveStreamsOf(context).answer({
    key: `run ${id}`,
    event: 'progress',
    periodMs: RUN_MS,
    async read() {
      const { run: present } = await getRun(context.stores, id);
      return { html: renderToString(<RunProgress run={present} />), isLast: present.isOver };
    },
  });
}
