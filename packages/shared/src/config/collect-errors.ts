import { ConfigError } from './parse-env';

/**
 * Reads the parts of a configuration.
 *
 * @param parts the function that reads each part
 * @returns the parts by name
 * @throws {ConfigError} with the errors of all parts, each once
 */
export function collectErrors<Parts extends Record<string, () => unknown>>(
  parts: Parts,
): { [Name in keyof Parts]: ReturnType<Parts[Name]> } {
  const values: Record<string, unknown> = {};
  const errors: string[] = [];
  for (const [name, read] of Object.entries(parts)) {
    try {
      values[name] = read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(...error.errors);
    }
  }
  if (errors.length > 0) throw new ConfigError([...new Set(errors)]);
  return values as { [Name in keyof Parts]: ReturnType<Parts[Name]> };
}
