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

/**
 * A refinement of a list: no two items have a token in common, since a token names one of them.
 *
 * @param key the property that holds an item's tokens
 */
export function tokensOf<Key extends string>(
  key: Key,
  message: string,
): (
  items: readonly { readonly [K in Key]?: readonly string[] | undefined }[],
  context: z.core.$RefinementCtx,
) => void {
  return (items, context) => {
    if (!Array.isArray(items)) return;
    const owner = new Map<unknown, number>();
    for (const [index, item] of items.entries()) {
      const tokens = (item as Partial<Record<Key, unknown>> | null)?.[key];
      for (const given of Array.isArray(tokens) ? tokens : []) {
        if ((owner.get(given) ?? index) !== index) {
          context.addIssue({ code: 'custom', path: [index, key], message });
        }
        owner.set(given, owner.get(given) ?? index);
      }
    }
  };
}

/** The tokens of CUSTOMERIO_WEBHOOK_TOKEN; none where it is not set. @throws {ConfigError} */
export function webhookTokensOfEnv(env: Env): WorkspaceTokens[] {
  const { CUSTOMERIO_WEBHOOK_TOKEN: tokens } = parseEnv(
    { CUSTOMERIO_WEBHOOK_TOKEN: webhookTokens.optional() },
    env,
  );
  return tokens ? [{ workspace: DEFAULT_WORKSPACE, tokens }] : [];
}
