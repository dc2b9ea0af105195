import { z } from 'zod';
import type { ConsentPolicy } from '../domain/consent';
import { readSection } from './config-file';
import type { Env } from './parse-env';
import { toWorkspace, type WorkspaceConfig } from './workspace-config';
import {
  consentPolicy,
  missingKeys,
  namesDiffer,
  workspaceNames,
  workspaceSettings,
} from './workspace-schema';
import { alwaysRun } from './zod';

const Section = z.strictObject({
  workspaces: z
    .array(
      z.strictObject({ ...workspaceNames, ...workspaceSettings }).superRefine((workspace, context) => {
        for (const key of missingKeys(workspace)) {
          context.addIssue({ code: 'custom', path: [key], message: 'is required' });
        }
      }, alwaysRun),
    )
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces of the file's `customerio` section. @throws {ConfigError} */
export function workspacesOfFile(section: unknown, env: Env): WorkspaceConfig[] {
  return readSection('customerio', Section, section, env).workspaces.map(({ name, storedAs, ...settings }) =>
    toWorkspace({ name, storedAs }, settings),
  );
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
  return readSection('customerio', SectionWithoutKeys, withoutKeys(section), env).workspaces.map(
    ({ name, storedAs = name, consent_policy: policy }) => ({ name: storedAs, configuredAs: name, policy }),
  );
}

/** Drops all other settings, so that no variable with a key is read. */
function withoutKeys(section: unknown): unknown {
  const workspaces = (section as { workspaces?: unknown } | null | undefined)?.workspaces;
  if (!Array.isArray(workspaces)) return section;
  return {
    workspaces: workspaces.map((workspace: unknown) => {
      if (typeof workspace !== 'object' || workspace === null) return workspace;
      const { name, storedAs, consent_policy } = workspace as Record<string, unknown>;
      return { name, storedAs, consent_policy };
    }),
  };
}
