import { settingOf, type SettingName, type WorkspaceConfig } from '@optout-sync/shared/config';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { ResponseError } from './classify-response';
import type { CustomerIoClient } from './customerio-client';
import { harmlessSearch, regionRequest } from './harmless-requests';

/** The result of checking credentials and region. */
export interface AccessCheck {
  /** What the operator must correct, naming the settings. */
  readonly errors: readonly string[];
  /** Why a check could not be made. */
  readonly unchecked: readonly JobError[];
}

/**
 * Checks with one request per API that it accepts our keys, and with the Track API which region the workspace is in. Only
 * Customer.io's own 401, 403 or redirect says that keys or region are wrong; anything else, such as the 404 or the login
 * page of a gateway, says nothing about them. Never throws.
 */
export async function checkAccess(options: {
  readonly app: CustomerIoClient | undefined;
  readonly track: CustomerIoClient;
  readonly region: string;
  readonly workspace: Pick<WorkspaceConfig, 'configuredAs' | 'phoneAttribute'>;
}): Promise<AccessCheck> {
  const { app, track, region, workspace } = options;
  const settings = (...names: SettingName[]): string =>
    names.map((name) => settingOf(workspace.configuredAs, name)).join(' or ');
  const errors: string[] = [];
  const unchecked: JobError[] = [];
  const check = async (problem: string, request: () => Promise<void>): Promise<void> => {
    try {
      await request();
    } catch (error) {
      const failure = toJobError(error);
      if (failure instanceof ResponseError && failure.kind === 'misconfigured' && failure.isOwn) {
        errors.push(`${problem} (Customer.io: ${failure.message}, status ${String(failure.status)})`);
      } else unchecked.push(failure);
    }
  };
  await Promise.all([
    check(`${settings('site_id', 'track_api_key', 'region')} is wrong`, async () => {
      const actual = await track.send(regionRequest);
      if (actual.region !== region)
        errors.push(`${settings('region')}: the workspace is in ${actual.region}`);
    }),
    check(`${settings('app_api_key', 'region')} is wrong`, async () => {
      await app?.send(harmlessSearch(workspace.phoneAttribute));
    }),
  ]);
  return { errors, unchecked };
}
