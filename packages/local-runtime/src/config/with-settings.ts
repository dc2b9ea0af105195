import type { Env } from '@optout-sync/shared/config';

/** An environment in which these settings hold: an `X_FILE` beside an `X` of ours would contradict it. */
export function withSettings(env: Env, settings: Readonly<Record<string, string>>): Env {
  const contradicting = new Set(Object.keys(settings).map((name) => `${name}_FILE`));
  const kept = Object.entries(env).filter(([name]) => !contradicting.has(name));
  return { ...Object.fromEntries(kept), ...settings };
}
