import { ConfigError } from './parse-env';

/** Builds the parts of a configuration and, when several are wrong, throws one ConfigError with all their mistakes. */
export function collectErrors<Parts extends Record<string, () => unknown>>(
  parts: Parts,
): { [Name in keyof Parts]: ReturnType<Parts[Name]> } {
  const built: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [name, build] of Object.entries(parts)) {
    try {
      built[name] = build();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (mistakes.length > 0) throw new ConfigError([...new Set(mistakes)]);
  return built as { [Name in keyof Parts]: ReturnType<Parts[Name]> };
}
