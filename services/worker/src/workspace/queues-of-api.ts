import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { destinationQueueName, syncQueueName } from '@optout-sync/shared/queues';
import type { ApiUse } from './availability';

/**
 * The queues of a workspace whose jobs use an API, or one operation of it.
 *
 * @param use.toProbe leaves out those of optional destinations, whose requests wait while the API is down
 */
export function queuesOfApi(
  { name, access }: Pick<WorkspaceConfig, 'name' | 'access'>,
  { api, operation, toProbe = false }: ApiUse,
): string[] {
  const sync = syncQueueName(name);
  const native = destinationQueueName('native', name);
  const events = destinationQueueName('events', name);
  const unlessToProbe = (queue: string): string[] => (toProbe ? [] : [queue]);
  switch (api) {
    case 'track':
      return operation === 'events' ? [events] : [sync, ...unlessToProbe(events)];
    case 'app':
      return operation === 'optouts' ? [native] : [sync, ...unlessToProbe(native)];
    case 'campaign':
      return [access ? destinationQueueName('campaign', name) : sync];
    default:
      return api satisfies never;
  }
}
