import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fc from 'fast-check';
import type { TrustProxy } from '@optout-sync/shared/config';
import { baseUrlOf, compileTrust } from './base-url';

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

/** The base URL, or the code of the error. */
function oursOf(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}

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
          response.json({
            ofExpress: `${protocol}://${host}`,
            ours: oursOf(() => baseUrlOf(request, trusts)),
          });
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
  ])('gives %s, as Express does', async (_, trustProxy, headers, expected) => {
    expect(await bothFor(settingOf(trustProxy), headers)).toEqual({ ofExpress: expected, ours: expected });
  });

  const ofProxy = (headers: Headers) => bothFor(settingOf(1), { host, ...headers });

  it.each<[string, Headers, string]>([
    [
      'Forwarded, without the X-Forwarded headers',
      { forwarded: 'for=192.0.2.1;Proto=https;host="a.example.com:8443"' },
      'https://a.example.com:8443',
    ],
    [
      'the first element of Forwarded',
      { forwarded: 'proto=https; host=a.example.com, proto=http;host=b.example.com' },
      'https://a.example.com',
    ],
    [
      'X-Forwarded-Host rather than Forwarded',
      { forwarded: 'host=b.example.com;proto=https', 'x-forwarded-host': 'a.example.com' },
      'https://a.example.com',
    ],
    ['the Host header where Forwarded is malformed', { forwarded: 'host=a b;proto' }, 'http://ingest:8080'],
    [
      'quoted commas and semicolons of Forwarded as text',
      { forwarded: 'for="a,b;host=c";host=a.example.com' },
      'http://a.example.com',
    ],
    [
      'X-Forwarded-Port where the host has no port',
      { 'x-forwarded-host': 'a.example.com', 'x-forwarded-port': '8443', 'x-forwarded-proto': 'https' },
      'https://a.example.com:8443',
    ],
    [
      "the host's own port before X-Forwarded-Port",
      { 'x-forwarded-host': 'a.example.com:1', 'x-forwarded-port': '2' },
      'http://a.example.com:1',
    ],
    [
      'the prefix that a proxy removed',
      { 'x-forwarded-host': 'a.example.com', 'x-forwarded-prefix': '/twilio/in/' },
      'http://a.example.com/twilio/in',
    ],
    [
      'no prefix and no port that are none',
      { 'x-forwarded-prefix': '/a?b=c', 'x-forwarded-port': 'https' },
      'http://ingest:8080',
    ],
  ])('gives %s', async (_, headers, expected) => {
    expect((await ofProxy(headers)).ours).toBe(expected);
  });

  it('takes nothing of these headers from a peer that is not trusted', async () => {
    const headers = {
      host,
      forwarded: 'proto=https;host=a.example.com',
      'x-forwarded-port': '1',
      'x-forwarded-prefix': '/p',
    };
    expect((await bothFor(settingOf(false), headers)).ours).toBe('http://ingest:8080');
  });

  it.each([
    'a b',
    'a/b',
    'a@b',
    'user:word@a',
    'a:port',
    'a:',
    'a:70000',
    '::1',
    '[::1',
    'a?b',
    'a#b',
    '<a>',
    'a\u00e9',
  ])('rejects %s as a host', async (given) => {
    expect((await bothFor(settingOf(false), { host: given })).ours).toBe('malformed_host');
    expect((await ofProxy({ 'x-forwarded-host': given })).ours).toBe('malformed_host');
  });

  it('rejects a request without any host', async () => {
    expect((await bothFor(settingOf(1), {})).ours).toBe('malformed_host');
  });

  it.each(['a', 'A.example.com:8443', 'my_service', '[::1]:8080', '10.0.0.1:80', 'xn--bcher-kva.example'])(
    'accepts %s as a host',
    async (given) => {
      expect((await bothFor(settingOf(false), { host: given })).ours).toBe(`http://${given}`);
    },
  );

  it('agrees with Express for any headers that Express knows, where the host is one', async () => {
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
        // Express takes an empty entry for the protocol or the host.
        const isWhole = /^[^:]+:\/\/(?!undefined$)./.test(ofExpress);
        if (ours !== 'malformed_host' && isWhole) expect(ours).toBe(ofExpress);
      }),
      { numRuns: 500 },
    );
  });
});
