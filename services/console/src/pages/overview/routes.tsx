import { readStatus } from '@optout-sync/operations';
import type { ConsoleRoute } from '../../http/route';
import { readHour } from '../../minutes/read-hour';
import { OverviewView } from './overview-view';

export const routes: readonly ConsoleRoute[] = [
  {
    method: 'GET',
    path: '/',
    role: 'viewer',
    kind: 'page',
    handle: async ({ context }) => {
      const status = await readStatus(context.stores, context.routes);
      const hour = await readHour(context.stores, status.at);
      return {
        page: { title: 'Overview', body: <OverviewView status={status} hour={hour} />, active: 'overview' },
      };
    },
  },
];
