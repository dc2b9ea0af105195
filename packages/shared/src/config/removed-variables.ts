import type { Env } from './parse-env';

/** Variables of earlier versions that nothing reads any more, and what to know about each. */
const REMOVED_VARIABLES: Readonly<Record<string, string>> = {
  QUEUE_SHARDS: 'there is one queue of inbound events, and workers empty the shards of earlier versions',
};

/** Returns a sentence for each variable of an earlier version that is set. */
export function removedVariableWarnings(env: Env): string[] {
  return Object.entries(REMOVED_VARIABLES)
    .filter(([name]) => env[name] || env[`${name}_FILE`])
    .map(([name, why]) => `${name} has no effect any more and can be removed: ${why}; see docs/upgrade.md`);
}
