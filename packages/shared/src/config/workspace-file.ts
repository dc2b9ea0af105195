import { z } from 'zod';
import type { ConsentPolicy } from '../domain/consent';
import { evidenceClashes } from './attribute-names';
import { readSection } from './config-file';
import type { Env } from './parse-env';
import { tokensOf, webhookTokens, type WorkspaceTokens } from './webhook-tokens';
import { toWorkspace, type WorkspaceConfig } from './workspace-config';
import {
  consentPolicy,
  missingKeys,
  COUNTRY_NEEDED,
  SEARCH_NEEDED,
  eventsNeedSearch,
  needsCountry,
  namesDiffer,
  workspaceNames,
  workspaceSettings,
} from './workspace-schema';
import { alwaysRun } from './zod';

const sectionOf = (env: Env) =>
  z.strictObject({
    workspaces: z
      .array(
        z.strictObject({ ...workspaceNames, ...workspaceSettings(env) }).superRefine((workspace, context) => {
          for (const key of missingKeys(workspace)) {
            context.addIssue({ code: 'custom', path: [key], message: 'is required' });
          }
          if (needsCountry(workspace.phone_formats) && workspace.default_country === undefined) {
            context.addIssue({ code: 'custom', path: ['default_country'], message: COUNTRY_NEEDED });
          }
          if (eventsNeedSearch(workspace)) {
            context.addIssue({ code: 'custom', path: ['events'], message: SEARCH_NEEDED });
          }
          for (const message of evidenceClashes(workspace)) {
            context.addIssue({ code: 'custom', path: ['evidence_attributes'], message });
          }
        }, alwaysRun),
      )
      .min(1, 'needs at least one workspace')
      .superRefine(namesDiffer, alwaysRun),
  });

/**
 * The workspaces of the file's `customerio` section, without the tokens of the people webhook, which only ingest needs.
 *
 * @throws {ConfigError}
 */
export function workspacesOfFile(section: unknown, env: Env): WorkspaceConfig[] {
  const own = mapWorkspaces(section, withoutTokens, section);
  return readSection('customerio', sectionOf(env), own, env).workspaces.map(
    ({ name, storedAs, ...settings }) => toWorkspace({ name, storedAs }, settings),
  );
}

function withoutTokens(workspace: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(workspace).filter(([name]) => name !== 'webhook_token'));
}

/** What can be read of a workspace without its keys. */
export interface NamedWorkspace {
  /** The name that it is stored under. */
  readonly name: string;
  /** Its name in the file. */
  readonly configuredAs: string;
  readonly policy: ConsentPolicy;
}

const SectionWithoutKeys = z.object({
  workspaces: z
    .array(z.object({ ...workspaceNames, consent_policy: consentPolicy }))
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces of the file's `customerio` section, for processes that have no keys. @throws {ConfigError} */
export function workspaceNamesOfFile(section: unknown, env: Env): NamedWorkspace[] {
  const named = mapWorkspaces(section, ({ name, storedAs, consent_policy }) => ({
    name,
    storedAs,
    consent_policy,
  }));
  return readSection('customerio', SectionWithoutKeys, named, env).workspaces.map(
    ({ name, storedAs = name, consent_policy: policy }) => ({ name: storedAs, configuredAs: name, policy }),
  );
}

const SectionOfTokens = z.object({
  workspaces: z
    .array(z.object({ ...workspaceNames, webhook_token: webhookTokens.optional() }))
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun)
    .superRefine(tokensOf('webhook_token', 'is the token of another workspace already'), alwaysRun),
});

/** The tokens of the people webhook in the file's `customerio` section. @throws {ConfigError} also for one that two workspaces have */
export function webhookTokensOfFile(section: unknown, env: Env): WorkspaceTokens[] {
  const own = mapWorkspaces(section, ({ name, storedAs, webhook_token }) => ({
    name,
    storedAs,
    webhook_token,
  }));
  return readSection('customerio', SectionOfTokens, own, env).workspaces.flatMap(
    ({ name, storedAs = name, webhook_token: tokens }) => (tokens ? [{ workspace: storedAs, tokens }] : []),
  );
}

/**
 * Reduces each workspace to what is needed, before any variable is read: the others may hold keys of another process.
 *
 * @param rest the other keys of the section
 */
function mapWorkspaces(
  section: unknown,
  reduce: (workspace: Readonly<Record<string, unknown>>) => unknown,
  rest: unknown = {},
): unknown {
  const workspaces = (section as { workspaces?: unknown } | null | undefined)?.workspaces;
  if (!Array.isArray(workspaces)) return section;
  const reduced = workspaces.map((workspace: unknown) =>
    typeof workspace === 'object' && workspace !== null && !Array.isArray(workspace)
      ? reduce(workspace as Record<string, unknown>)
      : workspace,
  );
  return { ...(rest as object), workspaces: reduced };
}
