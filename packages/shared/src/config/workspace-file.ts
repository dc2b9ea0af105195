import { z } from 'zod';
import type { ConsentPolicy } from '../domain/consent';
import { readSection } from './config-file';
import type { Env } from './parse-env';
import { toWorkspace, type WorkspaceConfig } from './workspace-config';
import {
  consentPolicy,
  missingKeys,
  needsCountry,
  namesDiffer,
  workspaceName,
  workspaceSettings,
} from './workspace-schema';
import { alwaysRun } from './zod';

const Section = z.strictObject({
  workspaces: z
    .array(
      z.strictObject({ name: workspaceName, ...workspaceSettings }).superRefine((workspace, context) => {
        for (const key of missingKeys(workspace)) {
          context.addIssue({ code: 'custom', path: [key], message: 'is required' });
        }
        if (needsCountry(workspace.phone_formats) && workspace.default_country === undefined) {
          const message = 'is required by the phone format national';
          context.addIssue({ code: 'custom', path: ['default_country'], message });
        }
      }, alwaysRun),
    )
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces of the file's `customerio` section. @throws {ConfigError} */
export function workspacesOfFile(section: unknown, env: Env): WorkspaceConfig[] {
  return readSection('customerio', Section, section, env).workspaces.map(({ name, ...settings }) =>
    toWorkspace(name, settings),
  );
}

/** What can be read of a workspace without its keys. */
export interface NamedWorkspace {
  readonly name: string;
  readonly policy: ConsentPolicy;
}

const SectionWithoutKeys = z.object({
  workspaces: z
    .array(z.object({ name: workspaceName, consent_policy: consentPolicy }))
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces of the file's `customerio` section, for processes that have no keys. @throws {ConfigError} */
export function workspaceNamesOfFile(section: unknown, env: Env): NamedWorkspace[] {
  return readSection('customerio', SectionWithoutKeys, withoutKeys(section), env).workspaces.map(
    ({ name, consent_policy: policy }) => ({ name, policy }),
  );
}

/** Drops all other settings, so that no variable with a key is read. */
function withoutKeys(section: unknown): unknown {
  const workspaces = (section as { workspaces?: unknown } | null | undefined)?.workspaces;
  if (!Array.isArray(workspaces)) return section;
  return {
    workspaces: workspaces.map((workspace: unknown) => {
      if (typeof workspace !== 'object' || workspace === null) return workspace;
      const { name, consent_policy } = workspace as Record<string, unknown>;
      return { name, consent_policy };
    }),
  };
}
