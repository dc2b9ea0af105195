import { z } from 'zod';
import type { ConsentPolicy } from '../domain/consent';
import { alwaysRun } from '../domain/whatever-else';
import { readSection } from './config-file';
import type { Env } from './parse-env';
import { uniqueBy } from './unique-by';

/** A name that may stand in keys and metrics. */
export const workspaceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'may hold lower-case letters, digits, _ and - only, 40 at most');

/** No two workspaces have one name. */
export const namesDiffer = uniqueBy('name', 'is the name of another one already');

export const consentPolicy = z.enum(['any', 'last']).default('any');

/** What of a workspace can be read without its keys. */
export interface NamedWorkspace {
  readonly name: string;
  readonly policy: ConsentPolicy;
}

const Names = z.object({
  workspaces: z
    .array(z.object({ name: workspaceName, consent_policy: consentPolicy }))
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces in the file's `customerio` section, for who needs no keys. Throws a ConfigError. */
export function workspaceNamesOfFile(section: unknown, env: Env): NamedWorkspace[] {
  return readSection('customerio', Names, withoutKeys(section), env).workspaces.map(
    ({ name, consent_policy: policy }) => ({ name, policy }),
  );
}

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
