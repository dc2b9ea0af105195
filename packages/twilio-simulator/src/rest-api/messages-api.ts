import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggedMessage } from './logged-message';
import { pageOf } from './page';

type ApiFailure = 'none' | { status: number; headers?: Record<string, string>; body?: string };

export interface TwilioApi {
  readonly url: string;
  /** Path and query of every request, in order. */
  readonly requests: readonly string[];
  /** Adds messages to the log. */
  log(...messages: readonly LoggedMessage[]): void;
  /** Responds to the next requests with these failures, one each; a status of 0 closes the connection. */
  failNext(...failures: readonly ApiFailure[]): void;
  stop(): Promise<void>;
}

/**
 * Starts an imitation of Twilio's `GET /2010-04-01/Accounts/{sid}/Messages.json`: basic authentication, the filters
 * `DateSent>` and `DateSent<`, the latest message first, in pages linked by `next_page_uri`
 * (https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources).
 *
 * @param accounts the auth token of each account
 */
export async function startTwilioApi(accounts: Readonly<Record<string, string>>): Promise<TwilioApi> {
  const logged: LoggedMessage[] = [];
  const requests: string[] = [];
  const failures: ApiFailure[] = [];

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const failure = failures.shift() ?? 'none';
    if (failure === 'none') respond(request, response);
    else if (failure.status === 0) request.socket.destroy();
    else response.writeHead(failure.status, failure.headers).end(failure.body ?? '{}');
  });

  function respond(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const sid = /^\/2010-04-01\/Accounts\/(\w+)\/Messages\.json$/.exec(pathname)?.[1];
    const send = (status: number, content: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    if (sid === undefined) send(404, { code: 20404, message: 'The requested resource was not found' });
    else if (request.headers.authorization !== basic(sid, accounts[sid] ?? randomUUID())) {
      send(401, { code: 20003, message: 'Authenticate', status: 401 });
    } else send(200, pageOf(select(logged, sid, searchParams), pathname, searchParams));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    log: (...messages) => void logged.push(...messages),
    failNext: (...next) => void failures.push(...next),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The account's messages in the span of the query, the latest first. */
function select(
  logged: readonly LoggedMessage[],
  sid: string,
  query: URLSearchParams,
): readonly LoggedMessage[] {
  const from = parseTime(query.get('DateSent>')) ?? -Infinity;
  const to = parseTime(query.get('DateSent<')) ?? Infinity;
  return logged
    .map((message) => ({ message, at: Date.parse(String(message.date_sent ?? message.date_created)) }))
    .filter(({ message, at }) => message.account_sid === sid && at >= from && at <= to)
    .sort((a, b) => b.at - a.at)
    .map(({ message }) => message);
}

const parseTime = (text: string | null): number | undefined => (text === null ? undefined : Date.parse(text));

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
