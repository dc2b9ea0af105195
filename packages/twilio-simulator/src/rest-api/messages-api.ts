import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from './message';

/** A message of the log, as the Messages API lists it; times in RFC 2822. */
export type LoggedMessage = Readonly<Record<string, string | number | null>>;

/** An inbound message as the log has it, sent at `at`. */
export function loggedInbound(at: Date, changes: LoggedMessage = {}): LoggedMessage {
  return {
    sid: messageSid(),
    account_sid: TWILIO_ACCOUNT_SID,
    messaging_service_sid: TWILIO_MESSAGING_SERVICE_SID,
    direction: 'inbound',
    from: '+14155550101',
    to: '+15005550006',
    body: 'Hello',
    status: 'received',
    error_code: null,
    error_message: null,
    num_media: '0',
    num_segments: '1',
    date_created: rfc2822(at),
    date_sent: rfc2822(at),
    date_updated: rfc2822(at),
    api_version: '2010-04-01',
    ...changes,
  };
}

/** A message that Twilio did not send, since the person had opted out. */
export function loggedBlocked(at: Date, changes: LoggedMessage = {}): LoggedMessage {
  return loggedInbound(at, {
    direction: 'outbound-api',
    from: '+15005550006',
    to: '+14155550101',
    status: 'failed',
    error_code: 21610,
    error_message: 'Attempt to send to unsubscribed recipient',
    ...changes,
  });
}

const rfc2822 = (at: Date): string => at.toUTCString().replace('GMT', '+0000');

type ApiFailure = 'none' | { status: number; headers?: Record<string, string>; body?: string };

export interface TwilioApi {
  readonly url: string;
  /** Path and query of every request, in order. */
  readonly requests: readonly string[];
  /** Adds messages to the log. */
  log(...messages: readonly LoggedMessage[]): void;
  /** The next requests are answered so instead, one after the other; a status of 0 closes the connection. */
  failNext(...failures: readonly ApiFailure[]): void;
  stop(): Promise<void>;
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

/**
 * Twilio's `GET /2010-04-01/Accounts/{sid}/Messages.json`: basic authentication, the filters `DateSent>` and `DateSent<`,
 * the latest first, in pages that lead to the next by `next_page_uri`
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
    if (failure === 'none') answer(request, response);
    else if (failure.status === 0) request.socket.destroy();
    else response.writeHead(failure.status, failure.headers).end(failure.body ?? '{}');
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const sid = /^\/2010-04-01\/Accounts\/(\w+)\/Messages\.json$/.exec(pathname)?.[1];
    const send = (status: number, content: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    if (sid === undefined) send(404, { code: 20404, message: 'The requested resource was not found' });
    else if (request.headers.authorization !== basic(sid, accounts[sid] ?? randomUUID())) {
      send(401, { code: 20003, message: 'Authenticate', status: 401 });
    } else send(200, page(pathname, searchParams, ofAccount(sid, searchParams)));
  }

  function ofAccount(sid: string, query: URLSearchParams): LoggedMessage[] {
    const [from, to] = [timeOf(query.get('DateSent>'), -Infinity), timeOf(query.get('DateSent<'), Infinity)];
    return logged
      .map((message) => ({ message, at: Date.parse(String(message.date_sent ?? message.date_created)) }))
      .filter(({ message, at }) => message.account_sid === sid && at >= from && at <= to)
      .sort((a, b) => b.at - a.at)
      .map(({ message }) => message);
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

function page(path: string, query: URLSearchParams, messages: readonly LoggedMessage[]) {
  const size = Math.min(Number(query.get('PageSize') ?? DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE);
  const number = Number(query.get('Page') ?? 0);
  const uri = (n: number): string => {
    const next = new URLSearchParams(query);
    next.set('PageSize', String(size));
    next.set('Page', String(n));
    if (n > 0) next.set('PageToken', `PA${messages[n * size - 1]?.sid ?? ''}`);
    return `${path}?${next.toString()}`;
  };
  const [start, end] = [number * size, Math.min((number + 1) * size, messages.length)];
  return {
    messages: messages.slice(start, end),
    page: number,
    page_size: size,
    start,
    end: end - 1,
    uri: uri(number),
    first_page_uri: uri(0),
    next_page_uri: end < messages.length ? uri(number + 1) : null,
    previous_page_uri: number > 0 ? uri(number - 1) : null,
  };
}

const timeOf = (text: string | null, otherwise: number): number =>
  text === null ? otherwise : Date.parse(text);
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
