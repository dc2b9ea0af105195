import { LINK_PATH, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { JSON_TYPE, MARK, rawRequest } from './requests';

const NOT_CONFIGURED = 'webhook_not_configured';

/** Requests to the routes of opt-outs that are not a text, where neither is configured. */
export const OPTOUT_ATTACKS: readonly Attack[] = [
  [
    'an opt-out by a guessed token, where no system may report any',
    rawRequest(
      `POST ${WEBHOOK_PATHS.optouts}`,
      [JSON_TYPE, 'authorization: Bearer undefined'],
      `{"phone":"${MARK}","kind":"stop"}`,
    ),
    [404, NOT_CONFIGURED],
  ],
  ['a one-click link, where no key is configured', rawRequest(`POST ${LINK_PATH}${MARK}`, [], ''), [404]],
];
