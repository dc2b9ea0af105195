import type { IncomingMessage } from 'node:http';
import { ConsoleError } from './console-error';

/**
 * Refuses what a browser sends on behalf of another site: a request whose `Host` is none of this console's (a site can point
 * a name of its own at any address: DNS rebinding), and a POST whose `Origin` is another one (a form of that site).
 *
 * @param url where browsers open the console, beside this machine
 * @throws {ConsoleError} `host_unknown`, `origin_foreign`
 */
export function checkOrigin(request: IncomingMessage, url: string | undefined): void {
  const { host = '', origin } = request.headers;
  const isHere = isThisMachine(host, request.socket.localPort);
  if (!isHere && host !== (url && new URL(url).host)) {
    throw new ConsoleError(421, 'host_unknown', 'open the console by its own address, which is CONSOLE_URL');
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (origin !== (isHere ? `http://${host}` : url && new URL(url).origin)) {
    throw new ConsoleError(403, 'origin_foreign', 'only forms of the console itself are accepted');
  }
}

function isThisMachine(host: string, port: number | undefined): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${String(port)}`);
}
