import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { listOf } from './fields';
import { ConfigError, parseEnv, readVariable, type Env } from './parse-env';

/** The host of a URL as the URL parser writes it: lower-case, an IPv6 address in brackets. */
const hostOf = (name: string): string | undefined => {
  const url = `http://${isIPv6(name) ? `[${name}]` : name}`;
  if (!URL.canParse(url)) return undefined;
  const { host, hostname, username, pathname } = new URL(url);
  return host === hostname && username === '' && pathname === '/' ? hostname : undefined;
};

const hostName = z
  .string()
  .refine(
    (name) => /^[\w\-:[\]][\w.\-:[\]]*$/.test(name) && hostOf(name) !== undefined,
    'must be exact host names or addresses, without protocol, port or wildcard',
  )
  .transform((name) => hostOf(name) ?? name);

const variable = { INSECURE_HTTP_HOSTS: listOf(hostName).optional() };

/** The hosts that may be called by plain http, beside this machine. @throws {ConfigError} */
export function readInsecureHttpHosts(env: Env): readonly string[] {
  return parseEnv(variable, env).INSECURE_HTTP_HOSTS ?? [];
}

/** `localhost` and the loopback addresses: what is sent there does not leave the machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host name, as a URL has it, is this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

/** What an http URL of another host is refused with. */
export const MUST_BE_HTTPS =
  'must be https: http is accepted for this machine and for INSECURE_HTTP_HOSTS only';

/**
 * Returns the refinement of a URL that credentials or messages are sent to: https, or http to this machine or to a host that
 * INSECURE_HTTP_HOSTS names. A text that is no URL passes, since its own schema reports it. So do the invalid items of
 * INSECURE_HTTP_HOSTS, which `readInsecureHttpHosts` reports.
 */
export function mayBeCalled(env: Env): (url: string) => boolean {
  const named = new Set(
    given(env)
      .split(',')
      .map((name) => hostOf(name.trim())),
  );
  return (text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname } = new URL(text);
    return protocol !== 'http:' || isLoopback(hostname) || named.has(hostname);
  };
}

function given(env: Env): string {
  try {
    return readVariable('INSECURE_HTTP_HOSTS', env) ?? '';
  } catch (error) {
    if (error instanceof ConfigError) return '';
    throw error;
  }
}
