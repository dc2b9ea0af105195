import { WebhookError } from '../../webhook/webhook-error';
import type { ItemError } from './item-errors';

/** What a log line names. The answer has more. */
const MOST_LOGGED = 5;

/** A request with items that are not valid. */
export class InvalidOptOuts extends WebhookError {
  constructor(
    client: string,
    readonly errors: readonly ItemError[],
  ) {
    const places = errors.slice(0, MOST_LOGGED).map(({ index, code }) => `${String(index)} ${code}`);
    super('invalid_optouts', { client, errors: String(errors.length), wrong: places.join(', ') });
  }
}
