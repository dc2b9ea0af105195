import type { Env } from '@optout-sync/shared/config';

/** The environment with these settings in force. Removes each `X_FILE` beside an `X` of theirs: both together are an error. */
export function withSettings(env: Env, settings: Readonly<Record<string, string>>): Env {
  const conflicting = new Set(Object.keys(settings).map((name) => `${name}_FILE`));
  const rest = Object.entries(env).filter(([name]) => !conflicting.has(name));
  return { ...Object.fromEntries(rest), ...settings };
}
