import { VARIABLES, type Variable } from '@optout-sync/shared/config';

/** A whole phone number, as no log line and no metric may have it. */
const WHOLE_NUMBER = /\+[1-9]\d{9,14}(?!\d)/;
const SHORTEST_SECRET = 8;

/**
 * Returns the lines with private data in them: a whole phone number, or one of these texts.
 *
 * @param texts such as keys, tokens, and what people wrote
 */
export function leaksIn(lines: readonly string[], texts: readonly string[]): string[] {
  return lines.filter((line) => WHOLE_NUMBER.test(line) || texts.some((text) => line.includes(text)));
}

/** The secrets among the settings of a service; of a URL its password. */
export function secretsIn(env: Readonly<NodeJS.ProcessEnv>): string[] {
  const secrets = Object.entries<Variable>(VARIABLES).filter(([, { secret }]) => secret);
  return secrets
    .flatMap(([name]) => (env[name] ?? '').split(','))
    .map((value) => (URL.canParse(value) ? new URL(value).password : value))
    .filter((value) => value.length >= SHORTEST_SECRET);
}
