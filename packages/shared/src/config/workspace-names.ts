import { z } from 'zod';
import type { Env } from './parse-env';
import { readSection } from './source';
import { unlike, whateverElse } from './unlike';

/** A name that may stand in keys and metrics. */
export const workspaceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'may hold lower-case letters, digits, _ and - only, 40 at most');

/** No two workspaces have one name. */
export const namesDiffer = unlike('name', 'is the name of another one already');

const Names = z.object({
  workspaces: z
    .array(z.object({ name: workspaceName }))
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, whateverElse),
});

/** The names of the workspaces in the file's `customerio` section, for who needs no keys. Throws a ConfigError. */
export function workspaceNamesOfFile(section: unknown, env: Env): string[] {
  return readSection('customerio', Names, withoutKeys(section), env).workspaces.map(({ name }) => name);
}

function withoutKeys(section: unknown): unknown {
  const workspaces = (section as { workspaces?: unknown } | null | undefined)?.workspaces;
  if (!Array.isArray(workspaces)) return section;
  return {
    workspaces: workspaces.map((workspace: unknown) =>
      typeof workspace === 'object' && workspace !== null
        ? { name: (workspace as Record<string, unknown>).name }
        : workspace,
    ),
  };
}
