import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createHttpClient, noAnswer, parseRetryAfter, type HttpClient } from './client';

describe('createHttpClient', () => {
  let client: HttpClient;
  let server: Server;
  let url: string;
  let respond: RequestListener;

  beforeEach(async () => {
    client = createHttpClient({ headers: { authorization: 'Bearer secret' } });
    server = createServer((request, response) => {
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const failing = (options: object = {}) =>
    client.axios.get(url, options).then(
      () => new Error('it succeeded'),
      (error: unknown) => noAnswer('forward', error),
    );

  it.each([200, 302, 404, 503])('resolves for status %i and follows no redirect', async (status) => {
    respond = (_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    expect((await client.axios.get(url)).status).toBe(status);
  });

  it('reuses a connection', async () => {
    const ports = new Set<number | undefined>();
    respond = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    };
    for (let n = 0; n < 3; n++) await client.axios.get(url);
    expect(ports.size).toBe(1);
  });

  it('fails with a timeout when the signal aborts, and as unreachable when the connection is cut', async () => {
    respond = () => undefined;
    expect(await failing({ signal: AbortSignal.timeout(50) })).toMatchObject({
      kind: 'transient',
      code: 'forward_timeout',
    });
    respond = (request) => request.socket.destroy();
    expect(await failing()).toMatchObject({ kind: 'transient', code: 'forward_unreachable' });
  });

  it('attaches no credentials to its errors', async () => {
    respond = (request) => request.socket.destroy();
    expect(inspect(await failing(), { depth: 9 })).not.toContain('secret');
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['2', 2_000],
    ['0', 0],
    ['-5', 0],
    ['86400', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('parses %p as %p ms', (header, ms) => {
    expect(parseRetryAfter(header)).toBe(ms);
  });

  it('parses a date as the time until then', () => {
    const ms = parseRetryAfter(new Date(Date.now() + 60_000).toUTCString());
    expect(ms).toBeGreaterThan(50_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });
});
