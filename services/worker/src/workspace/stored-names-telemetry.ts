import type { Logger } from '@optout-sync/shared/service';
import type { StoredNamesEvents } from './watch-stored-names';

export function storedNamesTelemetry(log: Logger): StoredNamesEvents {
  return {
    unservedFound({ ledger, queues }) {
      log.warn(
        { code: 'workspace_unserved', ledger, queues },
        'data are stored under names of workspaces that are not configured: set storedAs of renamed ones',
      );
    },
    storedNamesUnread(err) {
      log.warn({ err, code: 'stored_names_unread' }, 'the stored names of workspaces could not be read');
    },
  };
}
