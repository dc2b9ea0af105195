import { readStatus } from '@optout-sync/operations';
import type { ConsoleRoute } from '../../http/route';
import { OverviewView } from './overview-view';

export const routes: readonly ConsoleRoute[] = [
  {
    method: 'GET',
    path: '/',
    role: 'viewer',
    kind: 'page',
    handle: async ({ context }) => {
      const status = await readStatus(context.stores, context.routes);
      return { page: { title: 'Overview', body: <OverviewView status={status} />, active: 'overview' } };
    },
  },
];
