import { z } from 'zod';
import { readSection } from './config-file';
import { listOf } from './fields';
import { ConfigError, parseEnv, readVariable, type Env } from './parse-env';

const forwardUrls = listOf(
  z
    .url({ protocol: /^https?$/, error: 'must be http or https URLs' })
    .refine((url) => !url.includes('#'), 'must be URLs without #'),
);

/** The URLs of the file's `forward_urls` section. Throws a ConfigError. */
export function forwardUrlsOfFile(section: unknown, env: Env): readonly string[] {
  return leadingElsewhere('forward_urls', readSection('forward_urls', forwardUrls, section, env), env);
}

/** The URLs that FORWARD_URLS names, if any. Throws a ConfigError. */
export function forwardUrlsOfEnv(env: Env): readonly string[] {
  const { FORWARD_URLS: urls = [] } = parseEnv({ FORWARD_URLS: forwardUrls.optional() }, env);
  return leadingElsewhere('FORWARD_URLS', urls, env);
}

/** Refuses a URL of our own: a message would go round for ever. */
function leadingElsewhere(name: string, urls: readonly string[], env: Env): readonly string[] {
  const own = originOf(readVariable('PUBLIC_URL', env) ?? '');
  if (own !== undefined && urls.some((url) => originOf(url) === own)) {
    throw new ConfigError([`${name}: must lead elsewhere than PUBLIC_URL does`]);
  }
  return urls;
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);
