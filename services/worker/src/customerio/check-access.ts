import { z } from 'zod';
import { asFailure, type Failure } from '../domain/failure';
import type { HttpClient } from './http-client';

const RegionAnswer = z.object({ region: z.string() });

/** What came of checking credentials and region: mistakes to mend, and checks that could not be made. */
export interface AccessCheck {
  readonly mistakes: readonly string[];
  readonly unchecked: readonly Failure[];
}

/** Asks both APIs whether they take our keys, and the Track API which region the workspace is in. */
export async function checkAccess(options: {
  readonly app: HttpClient;
  readonly track: HttpClient;
  readonly region: string;
  readonly phoneAttribute: string;
}): Promise<AccessCheck> {
  const mistakes: string[] = [];
  const unchecked: Failure[] = [];
  const check = async (mistake: string, ask: () => Promise<void>): Promise<void> => {
    try {
      await ask();
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind === 'misconfigured' || failure.kind === 'refused') {
        mistakes.push(`${mistake} (Customer.io: ${failure.message}, status ${String(failure.status)})`);
      } else unchecked.push(failure);
    }
  };
  await Promise.all([
    check('CUSTOMERIO_SITE_ID, CUSTOMERIO_TRACK_API_KEY or CUSTOMERIO_REGION is wrong', async () => {
      const { data } = await options.track.send({
        operation: 'region',
        method: 'GET',
        path: '/api/v1/accounts/region',
      });
      const answer = RegionAnswer.safeParse(data);
      if (answer.success && answer.data.region !== options.region) {
        mistakes.push(`CUSTOMERIO_REGION: the workspace is in ${answer.data.region}`);
      }
    }),
    check('CUSTOMERIO_APP_API_KEY or CUSTOMERIO_REGION is wrong', async () => {
      await options.app.send({
        operation: 'search',
        method: 'POST',
        path: '/v1/customers',
        query: { limit: 1 },
        body: {
          filter: { attribute: { field: options.phoneAttribute, operator: 'eq', value: 'optout-sync' } },
        },
      });
    }),
  ]);
  return { mistakes, unchecked };
}
