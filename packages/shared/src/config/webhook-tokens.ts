import type { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { listOf, secret } from './fields';
import { parseEnv, type Env } from './parse-env';

/** The bearer tokens that name a workspace: the present one and, during a rotation, the next one. */
export interface WorkspaceTokens {
  readonly workspace: string;
  readonly tokens: readonly string[];
}

/** A comma means that a variable with several tokens is used as one item: no request would match. */
const token = secret
  .min(16, 'must have at least 16 characters')
  .refine((text) => !text.includes(','), 'may hold no comma: it is one token of a list');

export const webhookTokens = listOf(token);

/** A refinement of a list of workspaces: a token names one workspace. */
export function tokensDiffer(
  workspaces: readonly { readonly webhook_token?: readonly string[] | undefined }[],
  context: z.core.$RefinementCtx,
): void {
  if (!Array.isArray(workspaces)) return;
  const owner = new Map<unknown, number>();
  for (const [index, workspace] of workspaces.entries()) {
    const tokens = (workspace as { webhook_token?: unknown } | null)?.webhook_token;
    for (const given of Array.isArray(tokens) ? tokens : []) {
      if ((owner.get(given) ?? index) !== index) {
        context.addIssue({
          code: 'custom',
          path: [index, 'webhook_token'],
          message: 'is the token of another workspace already',
        });
      }
      owner.set(given, owner.get(given) ?? index);
    }
  }
}

/** The tokens of CUSTOMERIO_WEBHOOK_TOKEN; none where it is not set. @throws {ConfigError} */
export function webhookTokensOfEnv(env: Env): WorkspaceTokens[] {
  const { CUSTOMERIO_WEBHOOK_TOKEN: tokens } = parseEnv(
    { CUSTOMERIO_WEBHOOK_TOKEN: webhookTokens.optional() },
    env,
  );
  return tokens ? [{ workspace: DEFAULT_WORKSPACE, tokens }] : [];
}
