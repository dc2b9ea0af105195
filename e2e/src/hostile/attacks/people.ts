import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { JSON_TYPE, MARK, MB, rawRequest } from './requests';

const report = (body: string, ...headers: string[]): Buffer =>
  rawRequest(`POST ${WEBHOOK_PATHS.people}`, [JSON_TYPE, ...headers], body);

/** Requests to the people route. */
export const PEOPLE_ATTACKS: readonly Attack[] = [
  ['a report of people without a token', report(`{"phone":"${MARK}"}`), [401, 'bad_token']],
  [
    'a report of people with basic authentication',
    report('{}', `authorization: Basic ${MARK}`),
    [401, 'bad_token'],
  ],
  [
    'a report of people with a wrong token and invalid JSON, which is not read',
    report(`[${MARK}`, 'authorization: Bearer wrong'),
    [401, 'bad_token'],
  ],
  [
    'a report of people larger than the limit',
    report('x'.repeat(MB + 1), 'authorization: Bearer wrong'),
    [413, 'body_too_large'],
  ],
];
