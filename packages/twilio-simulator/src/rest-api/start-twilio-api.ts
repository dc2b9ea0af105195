import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { newAccount, type AccountState } from './account-state';
import { ACCOUNT_OPERATIONS } from './accounts';
import { ApiError, internalError, notFound, tooManyRequests } from './api-error';
import { CAMPAIGN_OPERATIONS } from './campaigns';
import { CONSENT_OPERATIONS } from './consents';
import { authenticate, type ApiKey } from './credentials';
import { EVENT_STREAM_OPERATIONS } from './event-streams';
import { NUMBER_OPERATIONS } from './incoming-phone-numbers';
import { LOG_CONTROL_OPERATIONS } from './log-control';
import type { LoggedMessage } from './logged-message';
import { MESSAGE_OPERATIONS } from './messages';
import { SERVICE_OPERATIONS } from './messaging-services';
import type { ApiAnswer, Operation } from './operation';
import { RequestLimit } from './request-limit';
import { SHORT_CODE_OPERATIONS } from './short-codes';
import { WEBHOOK_RULE_OPERATIONS } from './webhook-rules';

type ApiFailure = 'none' | { status: number; headers?: Record<string, string>; body?: string };

export interface TwilioApi {
  readonly url: string;
  /** Path and query of every request, in order. */
  readonly requests: readonly string[];
  /** Method and path of every request that is no GET, in order. */
  readonly writes: readonly string[];
  /** What an account holds. @throws {Error} for one that does not exist */
  account(sid: string): AccountState;
  /** Adds an API key. */
  addKey(key: ApiKey): void;
  /** Adds messages to the logs of their accounts. */
  log(...messages: readonly LoggedMessage[]): void;
  /** Responds to the next requests with these failures, one each; a status of 0 closes the connection. */
  failNext(...failures: readonly ApiFailure[]): void;
  /** Lets every request from now on fail, or be answered after a time, or both; without an argument neither. */
  behave(behaviour?: { readonly failure?: ApiFailure; readonly delayMs?: number }): void;
  stop(): Promise<void>;
}

const OPERATIONS: readonly Operation[] = [
  ...ACCOUNT_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...NUMBER_OPERATIONS,
  ...SHORT_CODE_OPERATIONS,
  ...SERVICE_OPERATIONS,
  ...CAMPAIGN_OPERATIONS,
  ...EVENT_STREAM_OPERATIONS,
  ...CONSENT_OPERATIONS,
  ...WEBHOOK_RULE_OPERATIONS,
  ...LOG_CONTROL_OPERATIONS,
];

/**
 * Starts an imitation of Twilio's REST APIs on one port: of `api.twilio.com` the messages, numbers and short codes, of
 * `messaging.twilio.com` the services and their A2P campaigns, of `events.twilio.com` sinks and subscriptions, of
 * `accounts.twilio.com` the bulk consents, of `webhooks.twilio.com` the rules. Their paths differ, so they share the port.
 * It imitates basic authentication with auth tokens and API keys, paging in both forms, errors with their codes, and the
 * limit of 100 consent requests a minute.
 *
 * @param accounts the auth token of each account
 * @param options the port, by default any free one, and the address, by default this machine's alone
 */
export async function startTwilioApi(
  accounts: Readonly<Record<string, string>>,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<TwilioApi> {
  const known: Known = {
    accounts: new Map(Object.entries(accounts).map(([sid, token]) => [sid, newAccount(sid, token)])),
    keys: new Map(),
    limit: new RequestLimit(),
  };
  const [requests, writes]: [string[], string[]] = [[], []];
  const stopping = new AbortController();
  const failures: ApiFailure[] = [];
  let behaviour: Parameters<TwilioApi['behave']>[0];
  const account = (sid: string): AccountState => {
    const found = known.accounts.get(sid);
    if (found) return found;
    throw new Error(`there is no account ${sid}`);
  };
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.method !== 'GET') writes.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const failure = failures.shift() ?? behaviour?.failure ?? 'none';
    void delay(behaviour?.delayMs ?? 0, undefined, { signal: stopping.signal })
      .then(async () => {
        if (failure === 'none') send(response, await answer(request, known));
        else if (failure.status === 0) request.socket.destroy();
        else response.writeHead(failure.status, failure.headers).end(failure.body ?? '{}');
      })
      .catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    writes,
    account,
    addKey: (key) => void known.keys.set(key.sid, key),
    log: (...messages) => {
      for (const message of messages) account(String(message.account_sid)).messages.push(message);
    },
    failNext: (...next) => void failures.push(...next),
    behave(next) {
      behaviour = next;
    },
    async stop() {
      stopping.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Known {
  readonly accounts: Map<string, AccountState>;
  readonly keys: Map<string, ApiKey>;
  readonly limit: RequestLimit;
}

/** Answers a request. Never rejects. */
async function answer(request: IncomingMessage, known: Known): Promise<ApiAnswer> {
  const { method, headers } = request;
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
  try {
    const form = new URLSearchParams((await buffer(request)).toString());
    const account = authenticate(headers.authorization, pathname, known);
    const operation = OPERATIONS.find((one) => one.method === method && one.path.test(pathname));
    if (!operation) throw notFound(pathname);
    const { perMinute = Infinity, path } = operation;
    if (!known.limit.take(`${account.sid} ${pathname}`, perMinute)) throw tooManyRequests();
    return operation.run({
      account,
      origin: `http://${headers.host ?? ''}`,
      path: pathname,
      query: searchParams,
      form,
      ids: path.exec(pathname)?.slice(1) ?? [],
    });
  } catch (error) {
    const { status, body } = error instanceof ApiError ? error : internalError();
    return { status, content: body };
  }
}

function send(response: ServerResponse, { status, content }: ApiAnswer): void {
  if (content === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
