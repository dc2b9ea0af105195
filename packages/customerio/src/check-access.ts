import { z } from 'zod';
import { settingOf, type SettingName, type WorkspaceConfig } from '@optout-sync/shared/config';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { CustomerIoClient } from './http-client';

const RegionAnswer = z.object({ region: z.string() });

/** What came of checking credentials and region: mistakes to mend, and checks that could not be made. */
export interface AccessCheck {
  readonly mistakes: readonly string[];
  readonly unchecked: readonly JobError[];
}

/** Asks the APIs whether they take our keys, and the Track API which region the workspace is in. */
export async function checkAccess(options: {
  readonly app: CustomerIoClient | undefined;
  readonly track: CustomerIoClient;
  readonly region: string;
  readonly workspace: Pick<WorkspaceConfig, 'name' | 'phoneAttribute'>;
}): Promise<AccessCheck> {
  const { app, track, region, workspace } = options;
  const says = (...fields: SettingName[]): string =>
    fields.map((field) => settingOf(workspace.name, field)).join(' or ');
  const mistakes: string[] = [];
  const unchecked: JobError[] = [];
  const check = async (mistake: string, ask: () => Promise<void>): Promise<void> => {
    try {
      await ask();
    } catch (error) {
      const failure = toJobError(error);
      if (failure.kind === 'misconfigured' || failure.kind === 'refused') {
        mistakes.push(`${mistake} (Customer.io: ${failure.message}, status ${String(failure.status)})`);
      } else unchecked.push(failure);
    }
  };
  await Promise.all([
    check(`${says('site_id', 'track_api_key', 'region')} is wrong`, async () => {
      const { data } = await track.send({
        operation: 'region',
        method: 'GET',
        path: '/api/v1/accounts/region',
      });
      const answer = RegionAnswer.safeParse(data);
      if (answer.success && answer.data.region !== region) {
        mistakes.push(`${says('region')}: the workspace is in ${answer.data.region}`);
      }
    }),
    check(`${says('app_api_key', 'region')} is wrong`, async () => {
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
  return { mistakes, unchecked };
}
