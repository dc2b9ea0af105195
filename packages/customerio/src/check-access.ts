import { z } from 'zod';
import { settingOf, type SettingName, type WorkspaceConfig } from '@optout-sync/shared/config';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { CustomerIoClient } from './customerio-client';

const RegionResponse = z.object({ region: z.string() });

/** The result of checking credentials and region. */
export interface AccessCheck {
  /** What the operator must correct, naming the settings. */
  readonly errors: readonly string[];
  /** Why a check could not be made. */
  readonly unchecked: readonly JobError[];
}

/**
 * Checks with one request per API that it accepts our keys, and with the Track API which region the workspace is in.
 * Never throws.
 */
export async function checkAccess(options: {
  readonly app: CustomerIoClient | undefined;
  readonly track: CustomerIoClient;
  readonly region: string;
  readonly workspace: Pick<WorkspaceConfig, 'name' | 'phoneAttribute'>;
}): Promise<AccessCheck> {
  const { app, track, region, workspace } = options;
  const settings = (...names: SettingName[]): string =>
    names.map((name) => settingOf(workspace.name, name)).join(' or ');
  const errors: string[] = [];
  const unchecked: JobError[] = [];
  const check = async (problem: string, request: () => Promise<void>): Promise<void> => {
    try {
      await request();
    } catch (error) {
      const failure = toJobError(error);
      if (failure.kind === 'misconfigured' || failure.kind === 'refused') {
        errors.push(`${problem} (Customer.io: ${failure.message}, status ${String(failure.status)})`);
      } else unchecked.push(failure);
    }
  };
  await Promise.all([
    check(`${settings('site_id', 'track_api_key', 'region')} is wrong`, async () => {
      const { data } = await track.send({
        operation: 'region',
        method: 'GET',
        path: '/api/v1/accounts/region',
      });
      const response = RegionResponse.safeParse(data);
      if (response.success && response.data.region !== region) {
        errors.push(`${settings('region')}: the workspace is in ${response.data.region}`);
      }
    }),
    check(`${settings('app_api_key', 'region')} is wrong`, async () => {
      await app?.send({
        operation: 'search',
        method: 'POST',
        path: '/v1/customers',
        query: { limit: 1 },
        body: {
          filter: { attribute: { field: workspace.phoneAttribute, operator: 'eq', value: 'optout-sync' } },
        },
      });
    }),
  ]);
  return { errors, unchecked };
}
