import { RELEASE } from '@optout-sync/shared/service';
import type { ConsoleRoute } from '../../http/route';
import { readSettings } from './read-settings';
import { SettingsView } from './settings-view';

export const routes: readonly ConsoleRoute[] = [
  {
    method: 'GET',
    path: '/settings',
    role: 'viewer',
    kind: 'page',
    handle: ({ context: { env, config } }) => {
      const settings = readSettings(env);
      const file = env.OPTOUT_CONFIG || undefined;
      const body = (
        <SettingsView settings={settings} version={RELEASE.version} warnings={config.warnings} file={file} />
      );
      return Promise.resolve({ page: { title: 'Settings', body, active: 'settings' } });
    },
  },
];
