import { isLoopback } from '@optout-sync/shared/config';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { CommonOptions } from './common-options';
import { assertMayBeSentTo } from './loopback';
import { SimulatorError, type Terminal } from './terminal';
import { readFirst, readVariable } from './variables';

/** The part that all webhook paths share: `/webhooks/twilio/`. */
const PATH_PREFIX = WEBHOOK_PATHS.messages.replace(/[^/]*$/, '');

export interface WebhookTarget {
  /** The URL configured at Twilio, which is signed. */
  readonly url: string;
  /** Where the request is sent. */
  readonly connectUrl: string;
  /** The headers asked for, and the host of `url`, which Twilio requests wherever the connection ends. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The target of a route's webhook. A path before `/webhooks/twilio/`, which a proxy in front removes, is signed and not
 * sent.
 *
 * @throws {SimulatorError} when the request would leave this machine without `yes`, or a URL is invalid
 */
export async function resolveTarget(
  route: keyof typeof WEBHOOK_PATHS,
  options: CommonOptions,
  env: Terminal['env'],
): Promise<WebhookTarget> {
  const { INGEST_URL, INGEST_PORT = '8080' } = env;
  const running = INGEST_URL ?? `http://127.0.0.1:${INGEST_PORT}`;
  const configured = options.url ?? readVariable(env, 'PUBLIC_URL') ?? options.connect ?? running;
  const url = toWebhookUrl(configured, WEBHOOK_PATHS[route]);
  const signed = parseUrl(url);
  const connect = parseUrl(
    options.connect ?? (options.url && isLoopback(signed.hostname) ? signed.origin : running),
  );
  await assertMayBeSentTo(connect, options);
  const path = signed.pathname.slice(signed.pathname.indexOf(PATH_PREFIX));
  const headers = { host: signed.host, ...options.header };
  return { url, connectUrl: `${connect.origin}${path}${signed.search}`, headers };
}

export interface Credentials {
  readonly account: string;
  readonly authToken: string;
  /** Describes the signature in the output. */
  readonly proof: string;
}

/** The account and the token to sign with. @throws {SimulatorError} when either is unknown */
export function resolveCredentials(options: CommonOptions, env: Terminal['env']): Credentials {
  const account = options.account ?? readVariable(env, 'TWILIO_ACCOUNT_SID');
  const authToken = options.authToken ?? readFirst(env, 'TWILIO_AUTH_TOKEN');
  if (!account || !authToken) {
    throw new SimulatorError(
      'The account is unknown: start the system with `npm start`, or give --account and --auth-token ' +
        '(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN).',
    );
  }
  // Any other token yields an invalid signature.
  if (options.forge) return { account, authToken: `${authToken}-forged`, proof: 'an invalid signature' };
  return { account, authToken, proof: `signed as ${account}` };
}

/** Appends the route's path to a base URL. A URL that contains a webhook path is used unchanged, `#rc=...` included. */
function toWebhookUrl(url: string, path: string): string {
  const { pathname } = parseUrl(url);
  return pathname.includes(PATH_PREFIX) ? url : `${url.replace(/\/+$/, '')}${path}`;
}

function parseUrl(url: string): URL {
  if (URL.canParse(url) && /^https?:/i.test(url)) return new URL(url);
  throw new SimulatorError(`${url} is not an http or https URL`);
}
