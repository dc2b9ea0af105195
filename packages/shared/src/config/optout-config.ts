import { DEFAULT_WORKSPACE } from '../domain/workspace';
import type { Env } from './parse-env';
import { readSections } from './source';
import { accountOfEnv, accountsOfFile, routesOfFile, type TwilioAccount } from './twilio-config';
import { workspaceOfEnv, workspacesOfFile, type WorkspaceConfig } from './workspace-config';

/*
 * What the services read of the configuration. Each part comes from its section of the file that OPTOUT_CONFIG names, or,
 * where that has none, from the environment (one account, one workspace). A service reads only the parts it needs, and so
 * needs only their secrets. All throw a ConfigError with every mistake of their part.
 */

/** The Twilio accounts whose requests are taken. */
export function readTwilioAccounts(env: Env): TwilioAccount[] {
  const { twilio } = readSections(env);
  return twilio === undefined ? [accountOfEnv(env)] : accountsOfFile(twilio, env);
}

/** The Customer.io workspaces that are written to. */
export function readWorkspaces(env: Env): WorkspaceConfig[] {
  const { customerio } = readSections(env);
  return customerio === undefined ? [workspaceOfEnv(env)] : workspacesOfFile(customerio, env);
}

/** Which workspace an account's people are in; `undefined` for an account that is not configured. */
export type WorkspaceOf = (accountSid: string) => string | undefined;

export function readWorkspaceOf(env: Env, workspaces: readonly WorkspaceConfig[]): WorkspaceOf {
  const { twilio } = readSections(env);
  const names = workspaces.map(({ name }) => name);
  if (twilio === undefined) {
    const only = names.includes(DEFAULT_WORKSPACE) ? DEFAULT_WORKSPACE : names[0];
    return () => only;
  }
  const routes = routesOfFile(twilio, names);
  return (accountSid) => routes.get(accountSid);
}
