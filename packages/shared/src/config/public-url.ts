import { z } from 'zod';
import { WEBHOOK_PATHS } from '../domain/routes';
import { parseEnv, type Env } from './parse-env';

/** What the webhooks' paths begin with: `/webhooks/twilio`, and a path that is in no folder of its own as a whole. */
const FOLDERS = [
  ...new Set(Object.values(WEBHOOK_PATHS).map((path) => path.split('/').slice(0, 3).join('/'))),
];

/** Whether one of our paths stands in the URL, in any spelling: a proxy may decode it, and ingest takes repeated slashes for one. */
function endsInOurPath(url: string): boolean {
  const path = decoded(new URL(url).pathname)
    .toLowerCase()
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  return FOLDERS.some((folder) => path.endsWith(folder) || path.includes(`${folder}/`));
}

/** Decodes until nothing is encoded any more. */
function decoded(path: string): string {
  const once = path.replace(/%[2-7][\da-f]/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
  return once === path ? path : decoded(once);
}

/**
 * The base URL that Twilio calls, without trailing slashes: a webhook's path is appended to it to verify the signature. So
 * whatever else stands behind it makes every signature fail.
 */
export const publicUrl = z
  .string()
  .trim()
  .superRefine((url, context) => {
    const problem = problemOf(url);
    if (problem !== undefined) context.addIssue(problem);
  })
  .transform((url) => url.replace(/\/+$/, ''));

/** `host` or `host:port`. A list of URLs is one URL to the parser, whose host has commas. */
const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/;

function problemOf(url: string): string | undefined {
  if (!/^https?:\/\/[^/]/i.test(url)) return 'must begin with https:// (or http://)';
  if (/[\s\\]/.test(url) || !URL.canParse(url)) return 'must be a URL';
  if (/[?#]/.test(url)) return 'must be a base URL, without ? and #';
  if (!HOST.test(new URL(url).host)) return 'must be one URL, with a host name or an address';
  if (endsInOurPath(url)) return `must end before ${FOLDERS.join(' and ')}`;
  return undefined;
}

/** Reads PUBLIC_URL, if it is set. @throws {ConfigError} */
export function readPublicUrl(env: Env): string | undefined {
  return parseEnv({ PUBLIC_URL: publicUrl.optional() }, env).PUBLIC_URL;
}
