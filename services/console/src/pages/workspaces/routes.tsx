import type { ConsoleRoute } from '../../http/route';
import { readWorkspacePage } from './read-workspaces';
import { WorkspacesView } from './workspaces-view';

export const routes: readonly ConsoleRoute[] = [
  {
    method: 'GET',
    path: '/workspaces',
    role: 'viewer',
    kind: 'page',
    handle: async ({ context }) => {
      const { workspaces, workers } = await readWorkspacePage(context);
      const body = <WorkspacesView workspaces={workspaces} workers={workers} />;
      return { page: { title: 'Workspaces', body, active: 'workspaces' } };
    },
  },
];
