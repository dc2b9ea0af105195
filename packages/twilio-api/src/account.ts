import { z } from 'zod';
import { parseResource } from './list';
import type { RestClient } from './rest-client';

/** An account (https://www.twilio.com/docs/iam/api/account). */
const Account = z
  .object({ sid: z.string(), status: z.string(), auth_token: z.string().nullish() })
  .transform(({ status, auth_token }) => ({
    /** `active`, `suspended` or `closed`. */
    status,
    /** The token that signs webhooks. */
    primaryToken: auth_token ?? undefined,
  }));

/** Reads the account; only its auth token may, no API key. @throws {TwilioApiError} */
export async function readAccount(client: RestClient, sid: string): Promise<z.output<typeof Account>> {
  const path = `/2010-04-01/Accounts/${sid}.json`;
  return parseResource(Account, await client.get(path), path);
}
