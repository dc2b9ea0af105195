import { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/workspace';
import { listOf, secret } from './fields';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { readSection } from './source';

/** One Twilio account or subaccount: what signs its requests, and whose Customer.io it reports to. */
export interface TwilioAccount {
  readonly sid: string;
  /** The present token, and the next one while it is being rotated. */
  readonly authTokens: readonly string[];
  readonly workspace: string;
}

const accountSid = z.string().regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits');

const Section = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        sid: accountSid,
        auth_tokens: listOf(secret),
        workspace: z.string().default(DEFAULT_WORKSPACE),
      }),
    )
    .min(1, 'needs at least one account')
    .superRefine((accounts, context) => {
      for (const [index, { sid }] of accounts.entries()) {
        if (accounts.findIndex((one) => one.sid === sid) < index) {
          context.addIssue({
            code: 'custom',
            path: [index, 'sid'],
            message: 'is the sid of another account already',
          });
        }
      }
    }),
});

/** The same without the tokens, for who needs no secrets of Twilio's. */
const Routes = z.object({
  accounts: z
    .array(z.object({ sid: accountSid, workspace: z.string().default(DEFAULT_WORKSPACE) }))
    .min(1, 'needs at least one account'),
});

/** The accounts of the file's `twilio` section. Throws a ConfigError. */
export function accountsOfFile(section: unknown, env: Env): TwilioAccount[] {
  return readSection('twilio', Section, section, env).accounts.map(({ sid, auth_tokens, workspace }) => ({
    sid,
    authTokens: auth_tokens,
    workspace,
  }));
}

/** The one account that the environment describes. Throws a ConfigError. */
export function accountOfEnv(env: Env): TwilioAccount {
  const read = parseEnv({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: listOf(secret) }, env);
  return { sid: read.TWILIO_ACCOUNT_SID, authTokens: read.TWILIO_AUTH_TOKEN, workspace: DEFAULT_WORKSPACE };
}

/** Which workspace each account of the section reports to. Throws a ConfigError, also for a workspace there is not. */
export function routesOfFile(section: unknown, workspaces: readonly string[]): Map<string, string> {
  const { accounts } = readSection('twilio', Routes, withoutTokens(section), {});
  const astray = accounts.flatMap(({ workspace }, index) =>
    workspaces.includes(workspace)
      ? []
      : [
          `twilio.accounts[${String(index)}].workspace: there is no such workspace under customerio.workspaces`,
        ],
  );
  if (astray.length > 0) throw new ConfigError(astray);
  return new Map(accounts.map(({ sid, workspace }) => [sid, workspace]));
}

function withoutTokens(section: unknown): unknown {
  const accounts = (section as { accounts?: unknown } | null | undefined)?.accounts;
  if (!Array.isArray(accounts)) return section;
  return {
    accounts: accounts.map((account: unknown) => ({ ...(account as object), auth_tokens: undefined })),
  };
}
