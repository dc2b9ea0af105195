import type { Api } from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { destinationQueueName, syncQueueName } from '@optout-sync/shared/queues';

/** The queues of a workspace whose jobs use an API, or one operation of it. */
export function queuesOfApi(
  { name, access }: Pick<WorkspaceConfig, 'name' | 'access'>,
  { api, operation }: { readonly api: Api; readonly operation?: string | undefined },
): string[] {
  const sync = syncQueueName(name);
  const native = destinationQueueName('native', name);
  const events = destinationQueueName('events', name);
  switch (api) {
    case 'track':
      return operation === 'events' ? [events] : [sync, events];
    case 'app':
      return operation === 'optouts' ? [native] : [sync, native];
    case 'campaign':
      return [access ? destinationQueueName('campaign', name) : sync];
    default:
      return api satisfies never;
  }
}
