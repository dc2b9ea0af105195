import {
  OperationError,
  optedOutByHand,
  parseSender,
  withAppApi,
  type Stores,
} from '@optout-sync/operations';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import type { FoundItems } from './push-text';

export const MAX_PAGE = 1_000;

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of the people who are opted out at Customer.io and not in the ledger. */
export async function itemsOfCustomerIo(
  stores: Stores,
  workspace: WorkspaceConfig,
  senders: readonly string[],
  { limit, cursor }: PageOptions,
): Promise<FoundItems> {
  if (senders.length === 0) {
    throw new OperationError(
      'sender_missing',
      '--from-customerio needs --sender: Customer.io does not say which one',
    );
  }
  if (limit > MAX_PAGE) {
    throw new OperationError('limit_invalid', `the limit must be from 1 to ${String(MAX_PAGE)}`);
  }
  const parsed = senders.map((sender) => parseSender(sender, 'sms'));
  const page = await withAppApi(stores, workspace, (api) =>
    optedOutByHand({ ...stores, api }, workspace, parsed, { limit, cursor }),
  );
  const { items, next, ...searched } = page;
  return { items, invalid: [], repeated: 0, next, searched };
}
