import { ok, type Operation } from './operation';

/** The account itself. API keys cannot read it; the auth token reads itself (https://www.twilio.com/docs/iam/api/account). */
export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/2010-04-01\/Accounts\/(\w+)\.json$/,
    run: ({ account: { sid, authToken, status } }) =>
      ok({ sid, auth_token: authToken, status, type: 'Full', friendly_name: 'simulated' }),
  },
];
