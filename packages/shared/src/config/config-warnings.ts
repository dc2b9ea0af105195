import { readInsecureHttpHosts } from './insecure-http';
import type { Env } from './parse-env';
import { unknownVariables } from './unknown-variables';

/**
 * Returns a sentence for each setting that is valid but dangerous, and for each variable that looks like one of ours and
 * that nothing reads. Services log them when they start, and `config check` prints them.
 *
 * @throws {ConfigError} where INSECURE_HTTP_HOSTS is invalid
 */
export function configWarnings(env: Env): string[] {
  return [
    ...readInsecureHttpHosts(env).map(
      (host) => `INSECURE_HTTP_HOSTS: what is sent to ${host} by http can be read and changed on its way`,
    ),
    ...unknownVariables(env),
  ];
}
