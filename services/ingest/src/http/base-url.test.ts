import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fc from 'fast-check';
import { baseUrlOf, compileTrust, type TrustProxy } from './base-url';

const TRUST_SETTINGS: readonly TrustProxy[] = [
  false,
  0,
  1,
  2,
  ['loopback'],
  ['127.0.0.0/8', '10.0.0.1'],
  ['10.0.0.0/8'],
];

type Headers = Record<string, string | string[]>;

describe('baseUrlOf', () => {
  let servers: Server[];

  beforeAll(async () => {
    servers = await Promise.all(
      TRUST_SETTINGS.map(async (trustProxy) => {
        const trusts = compileTrust(trustProxy);
        const app = express();
        app.set('trust proxy', trustProxy);
        app.use((request, response) => {
          const { protocol, host } = request;
          response.json({ ofExpress: `${protocol}://${host}`, ours: baseUrlOf(request, trusts) });
        });
        const server = createServer({ requireHostHeader: false }, app).listen(0, '127.0.0.1');
        await once(server, 'listening');
        return server;
      }),
    );
  });
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function bothFor(setting: number, headers: Headers): Promise<{ ofExpress: string; ours: string }> {
    const { port } = servers[setting]!.address() as AddressInfo;
    const sent = request({ port, host: '127.0.0.1', setHost: false, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return JSON.parse(await text(response)) as { ofExpress: string; ours: string };
  }
  const settingOf = (trustProxy: TrustProxy) =>
    TRUST_SETTINGS.findIndex((setting) => JSON.stringify(setting) === JSON.stringify(trustProxy));

  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example.com' };
  const host = 'ingest:8080';
  it.each<[string, TrustProxy, Headers, string]>([
    ['the Host header without a trusted proxy', false, { host, ...forwarded }, 'http://ingest:8080'],
    [
      'the Host header when another proxy is trusted',
      ['10.0.0.0/8'],
      { host, ...forwarded },
      'http://ingest:8080',
    ],
    ['the headers of a trusted hop', 1, { host, ...forwarded }, 'https://a.example.com'],
    ['the headers of a trusted range', ['loopback'], { host, ...forwarded }, 'https://a.example.com'],
    [
      'the first entry of each list',
      1,
      { host, 'x-forwarded-proto': 'https , http', 'x-forwarded-host': 'a.example.com , b.example.com' },
      'https://a.example.com',
    ],
    [
      'the first of repeated headers',
      1,
      {
        host,
        'x-forwarded-proto': ['https', 'http'],
        'x-forwarded-host': ['a.example.com', 'b.example.com'],
      },
      'https://a.example.com',
    ],
    [
      'the Host header when X-Forwarded-Host is empty',
      1,
      { host, 'x-forwarded-host': '' },
      'http://ingest:8080',
    ],
    ['no host without any header', 1, {}, 'http://undefined'],
  ])('gives %s, as Express does', async (_, trustProxy, headers, expected) => {
    expect(await bothFor(settingOf(trustProxy), headers)).toEqual({ ofExpress: expected, ours: expected });
  });

  it('agrees with Express for any headers', async () => {
    const characters = ['a', 'B', '.', ':', ',', ' ', '\t', '[', ']', '8', '@', '/', '\u00e9'];
    const value = fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 });
    const header = fc.oneof(
      value,
      fc.constantFrom('http', 'https', 'a.example.com'),
      fc.array(value, { maxLength: 3 }),
    );
    const headers = fc.record(
      { host: value, 'x-forwarded-proto': header, 'x-forwarded-host': header },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(TRUST_SETTINGS.length - 1), headers, async (setting, given) => {
        const { ofExpress, ours } = await bothFor(setting, given);
        expect(ours).toBe(ofExpress);
      }),
      { numRuns: 500 },
    );
  });
});
