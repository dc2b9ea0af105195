import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@optout-sync/local-runtime/process';
import { LINK_PATH, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { startCaddy } from './support/caddy';
import { makeCertificate } from './support/certificate';
import { startNginx, startRollingNginx } from './support/nginx';
import type { StartProxy } from './support/proxy';

/*
 * A proxy that does not reach ingest logs the request by itself. Of a one-click link and of a GET webhook the URL is private.
 */

jest.setTimeout(60_000);

const HOST = 'optout.example.com';
const TOKEN = 'c2VjcmV0LXRva2Vu';
const PRIVATE = [TOKEN, '4155550123', 'private-words'];

const REQUESTS = [
  ['POST', `${LINK_PATH}${TOKEN}`],
  ['GET', `${WEBHOOK_PATHS.messages}?From=%2B14155550123&Body=private-words`],
] as const;

let folder: string;
let ingest: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-proxy-logs-'));
  ingest = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  await once(ingest, 'listening');
});
afterAll(async () => {
  ingest.close();
  await rm(folder, { recursive: true });
});

it.each<[string, StartProxy]>([
  ['nginx of docs/deploy.md', startNginx],
  ['nginx of docker-compose.yml', startRollingNginx],
  ['Caddy of docs/deploy.md', startCaddy],
])('%s logs nothing private of a request that reaches no ingest', async (name, start) => {
  const own = join(folder, name.replaceAll(/\W/g, '-'));
  const certificate = makeCertificate(folder, HOST);
  const ca = readFileSync(certificate.file, 'utf8');
  const proxy = await start(own, certificate, [(ingest.address() as AddressInfo).port, await freePort()]);
  try {
    for (const [method, path] of REQUESTS) {
      const url = proxy.url + path;
      const options = { method, headers: { host: HOST } };
      const sent = url.startsWith('https:')
        ? httpsRequest(url, { ...options, ca, servername: HOST })
        : httpRequest(url, options);
      const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
      response.resume();
      expect([path, response.statusCode]).toEqual([path, 502]);
    }
  } finally {
    await proxy.stop();
  }
  const accessLog = join(own, 'access.log');
  const log = [...proxy.logs(), existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : ''].join('\n');
  for (const text of PRIVATE) expect(log).not.toContain(text);
});
