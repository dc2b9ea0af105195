import type { CommonOptions } from './common-options';
import { assertLoopback } from './loopback';
import { firstOf, setting } from './settings';
import { SimulatorError, type Terminal } from './terminal';

const WEBHOOKS = '/webhooks/twilio/';

export interface Target {
  /** As set at Twilio: what is signed. */
  readonly url: string;
  /** Where it is really sent. */
  readonly connectUrl: string;
  /** Those asked for, and the host of `url`, which is what Twilio asks for wherever it ends up. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Where a webhook of this route goes. What a proxy in front takes away, the path before `/webhooks/twilio/`, is signed
 * and not sent.
 *
 * @throws SimulatorError when it would leave this machine
 */
export async function aimAt(
  route: 'messages' | 'status' | 'events' | 'studio',
  options: CommonOptions,
  env: Terminal['env'],
): Promise<Target> {
  const { INGEST_URL, INGEST_PORT = '8080' } = env;
  const running = INGEST_URL ?? `http://127.0.0.1:${INGEST_PORT}`;
  const url = webhookUrl(options.url ?? setting(env, 'PUBLIC_URL') ?? options.connect ?? running, route);
  const signed = parse(url);
  const connect = parse(options.connect ?? (options.url && isLocalName(signed) ? signed.origin : running));
  await assertLoopback(connect);
  const path = signed.pathname.slice(signed.pathname.indexOf(WEBHOOKS));
  const headers = { host: signed.host, ...options.header };
  return { url, connectUrl: `${connect.origin}${path}${signed.search}`, headers };
}

export interface Credentials {
  readonly account: string;
  readonly authToken: string;
  /** What a reader is told of the signature. */
  readonly proof: string;
}

/** Whose message it is, and what proves it. @throws SimulatorError when that is not known */
export function credentials(options: CommonOptions, env: Terminal['env']): Credentials {
  const account = options.account ?? setting(env, 'TWILIO_ACCOUNT_SID');
  const authToken = options.authToken ?? firstOf(env, 'TWILIO_AUTH_TOKEN');
  if (!account || !authToken) {
    throw new SimulatorError(
      'No account is known: run `npm start` beside this, or give --account and --auth-token ' +
        '(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN).',
    );
  }
  // Any other token makes a signature that does not fit.
  if (options.forge) return { account, authToken: `${authToken}-forged`, proof: 'a wrong signature' };
  return { account, authToken, proof: `signed as ${account}` };
}

/** A base URL is completed with the route; one that has a webhook's path is taken as it is, query, `#rc=...` and all. */
function webhookUrl(url: string, route: string): string {
  const { pathname } = parse(url);
  return pathname.includes(WEBHOOKS) ? url : `${url.replace(/\/+$/, '')}${WEBHOOKS}${route}`;
}

const isLocalName = ({ hostname }: URL) => /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);

function parse(url: string): URL {
  if (URL.canParse(url) && /^https?:/i.test(url)) return new URL(url);
  throw new SimulatorError(`${url} is no http or https URL`);
}
