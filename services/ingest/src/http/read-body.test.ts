import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { WebhookError } from '../webhook/webhook-error';
import { readBody } from './read-body';

describe('readBody', () => {
  let server: Server;
  let outcome: Promise<string>;

  beforeEach(async () => {
    outcome = new Promise((resolve) => {
      server = createServer((request, response) => {
        readBody(request, 10)
          .catch((error: unknown) => (error as WebhookError).code)
          .then((result) => {
            resolve(result.toString());
            response.end(result);
          }, resolve);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const send = (lines: string) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(lines);
    return socket;
  };
  const head = (header: string) => `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${header}\r\n\r\n`;

  it('returns the whole body', async () => {
    send(head('Content-Length: 10') + '0123456789');
    expect(await outcome).toBe('0123456789');
  });

  it('refuses a body over the limit whose size was not announced, and still answers', async () => {
    const socket = send(`${head('Transfer-Encoding: chunked')}b\r\n01234567890\r\n`);
    expect(await outcome).toBe('body_too_large');
    expect(await text(socket)).toContain('body_too_large');
  });

  it('refuses an incomplete body', async () => {
    send(`${head('Content-Length: 10')}01234`).end();
    expect(await outcome).toBe('body_incomplete');
  });
});
