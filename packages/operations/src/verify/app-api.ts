import type { Cluster, Redis } from 'ioredis';
import {
  AppApi,
  CustomerIoClient,
  LimitedClient,
  RateLimiter,
  type SlotClass,
} from '@optout-sync/customerio';
import { settingOf, type WorkspaceConfig } from '@optout-sync/shared/config';
import { JobError } from '@optout-sync/shared/domain';
import { OperationError } from '../operation-error';

/**
 * An operator waits for the answer, but live opt-outs come first: the slots that live traffic leaves unused, at least 5 % of
 * the rate. Without a share, so it goes before what the reconciler requests.
 */
const SLOT: SlotClass = { lane: 'background' };
const PATIENCE_MS = 60_000;

/**
 * Runs `work` with the App API of a workspace, within the rate limit that this process shares with all workers.
 *
 * @param patienceMs how long one request waits for the rate limit
 * @throws {OperationError} with the code of Customer.io's failure, such as `customerio_unreachable`,
 *   `customerio_unauthorized` or `customerio_rate_limited`; `workspace_not_readable` where people cannot be looked up
 */
export async function withAppApi<Result>(
  { redis, prefix }: { readonly redis: Redis | Cluster; readonly prefix: string },
  workspace: WorkspaceConfig,
  work: (api: AppApi) => Promise<Result>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const { name, access, appRps, lookup } = workspace;
  if (!access?.appApiKey || lookup === 'phone_identifier') throw notReadable(workspace);
  const closing = new AbortController();
  const http = new CustomerIoClient(
    { baseUrl: access.appUrl, authorization: `Bearer ${access.appApiKey}` },
    () => undefined,
  );
  const limiter = new RateLimiter(redis, `${prefix}:budget:${name}:app`, appRps, closing.signal);
  try {
    return await work(new AppApi(new LimitedClient(http, limiter, { slot: SLOT, patienceMs })));
  } catch (error) {
    throw error instanceof JobError ? toOperationError(error, name) : error;
  } finally {
    closing.abort();
    http.close();
  }
}

function notReadable({ name, access }: WorkspaceConfig): OperationError {
  const why = access
    ? `${settingOf(name, 'lookup')} is phone_identifier: its people are written by their number and cannot be read`
    : 'it has a campaign alone, so that no attribute is written';
  return new OperationError('workspace_not_readable', `workspace ${name} cannot be compared: ${why}`);
}

function toOperationError({ kind, code, message, status }: JobError, workspace: string): OperationError {
  const answer = `Customer.io: ${message}${status === undefined ? '' : `, status ${String(status)}`}`;
  const advice =
    kind === 'misconfigured'
      ? `correct ${settingOf(workspace, 'app_api_key')} or ${settingOf(workspace, 'region')}`
      : 'nothing was compared; try again later';
  return new OperationError(
    code,
    `workspace ${workspace} could not be read (${answer}); ${advice}`,
    'failed',
  );
}
