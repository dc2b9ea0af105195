import { z } from 'zod';
import { readSection } from './config-file';
import { flag, listOf } from './fields';
import { MUST_BE_HTTPS, mayBeCalled } from './insecure-http';
import { ConfigError, parseEnv, readVariable, type Env } from './parse-env';
import { defaultOf } from './variables';

const forwardUrls = (env: Env) =>
  listOf(
    z
      .url({ protocol: /^https?$/, error: 'must be http or https URLs' })
      .refine((url) => !url.includes('#'), 'must be URLs without #')
      .refine(mayBeCalled(env), MUST_BE_HTTPS),
  );

/** The URLs of the file's `forward_urls` section. @throws {ConfigError} */
export function forwardUrlsOfFile(section: unknown, env: Env): readonly string[] {
  return rejectOwnUrls('forward_urls', readSection('forward_urls', forwardUrls(env), section, env), env);
}

/** The URLs of FORWARD_URLS; none where it is not set. @throws {ConfigError} */
export function forwardUrlsOfEnv(env: Env): readonly string[] {
  const { FORWARD_URLS: urls = [] } = parseEnv({ FORWARD_URLS: forwardUrls(env).optional() }, env);
  return rejectOwnUrls('FORWARD_URLS', urls, env);
}

const signature = z.prefault(flag, defaultOf('FORWARD_SIGNATURE'));

/** Whether the file's `forward` section lets targets have Twilio's signature. @throws {ConfigError} */
export function forwardSignatureOfFile(section: unknown, env: Env): boolean {
  return readSection('forward', z.strictObject({ signature }), section, env).signature;
}

/** The same of FORWARD_SIGNATURE. @throws {ConfigError} */
export function forwardSignatureOfEnv(env: Env): boolean {
  return parseEnv({ FORWARD_SIGNATURE: signature }, env).FORWARD_SIGNATURE;
}

/** Rejects URLs of this ingest: a message would be forwarded in a loop. */
function rejectOwnUrls(name: string, urls: readonly string[], env: Env): readonly string[] {
  const own = originOf(readVariable('PUBLIC_URL', env) ?? '');
  if (own !== undefined && urls.some((url) => originOf(url) === own)) {
    throw new ConfigError([`${name}: may not have the origin of PUBLIC_URL`]);
  }
  return urls;
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);
