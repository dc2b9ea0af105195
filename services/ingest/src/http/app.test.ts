import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PUBLIC_ROUTES, WEBHOOK_PATHS, type PublicRoute } from '@optout-sync/shared/domain';
import { jsonAnswer } from '../webhook/answers';
import type { Receiver } from '../webhook/receiver';
import { createApp } from './app';

const ROUTES = Object.entries(WEBHOOK_PATHS);

describe('the public routes', () => {
  let server: Server;
  let astray: string[];
  let unknown: number;
  const start = async (receiverOf: (route: string) => Receiver) => {
    const receivers = Object.fromEntries(PUBLIC_ROUTES.map((route) => [route, receiverOf(route)]));
    const app = createApp({
      receivers: receivers as Record<PublicRoute, Receiver>,
      trustProxy: false,
      telemetry: { pathUnknown: () => (unknown += 1), signedRequestAstray: (path) => void astray.push(path) },
    });
    astray = [];
    unknown = 0;
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Sends a request line as it is. Returns the status and body. */
  async function send(method: string, target: string, header = 'X-Other: a'): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: a\r\n${header}\r\nConnection: close\r\n\r\n`);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return `${head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)} ${body.trim()}`;
  }

  it.each(ROUTES)('leads to %s by every spelling of its path', async (route, path) => {
    await start(
      (name) =>
        ({ method, url }) =>
          Promise.resolve(jsonAnswer(200, `${name} ${method} ${url}`)),
    );
    const spellings = [
      path,
      `${path}/`,
      path.toUpperCase(),
      `${path}?a=b`,
      `${path}/?a=/`,
      `http://a${path}`,
      `${path}//`,
      `/${path}`,
      path.replaceAll('/', '///'),
    ];
    for (const spelling of spellings) {
      expect(await send('POST', spelling)).toBe(`200 "${route} POST ${spelling}"`);
      expect(await send('PUT', spelling)).toBe(`200 "${route} PUT ${spelling}"`);
    }
    for (const spelling of [`${path}/x`, `/x${path}`, path.replace('webhooks', '%77ebhooks'), '/']) {
      expect(await send('POST', spelling)).toContain('404 {"code":"not_found"');
    }
  });

  it('leads to a one-click link, whose token keeps its spelling', async () => {
    await start(
      (name) =>
        ({ method, url }) =>
          Promise.resolve(jsonAnswer(200, `${name} ${method} ${url}`)),
    );
    for (const spelling of ['/u/aB-_1', '/u/aB/', '/U/aB?a=/b', '//u//aB', 'http://a/u/aB']) {
      expect(await send('GET', spelling)).toBe(`200 "link GET ${spelling}"`);
    }
    for (const spelling of ['/u', '/u/', '/u/a/b', '/x/u/a']) {
      expect(await send('GET', spelling)).toContain('404 {"code":"not_found"');
    }
  });

  it.each([
    'http://%@a/',
    '//%ff@a#',
    '//%ff@a/../u/x#',
    'http://%zz@a/webhooks/twilio/messages',
    '*',
    'a b',
  ])('survives the target %s, which is no URL', async (target) => {
    await start(() => () => Promise.reject(new Error('not used')));
    expect(await send('GET', target)).toMatch(/^40[04] /);
    expect(await send('GET', '/healthz')).toContain('200');
  });

  it.each(ROUTES)('answers 500 without details when the receiver of %s fails', async (_, path) => {
    await start(() => () => Promise.reject(new Error('our secret')));
    expect(await send('POST', path)).toMatch(/^500 {"code":"internal_error","message":"[\w ]+\."}$/);
  });

  it('reports every request to an unknown path, and which of them has a signature of Twilio', async () => {
    await start(() => () => Promise.reject(new Error('not used')));
    expect(await send('POST', '/webhooks/twilio/sms?Body=x')).toContain('404');
    expect(astray).toEqual([]);
    expect(await send('POST', '/webhooks/twilio/sms?Body=x', 'X-Twilio-Signature: x')).toContain('404');
    expect(astray).toEqual(['/webhooks/twilio/sms']);
    expect(unknown).toBe(2);
  });

  it('answers /healthz', async () => {
    await start(() => () => Promise.reject(new Error('not used')));
    expect(await send('GET', '/healthz')).toBe('200 {"status":"ok"}');
  });
});
