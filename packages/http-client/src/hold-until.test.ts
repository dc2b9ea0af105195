import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient, type HttpClient } from './client';
import { holdUntil } from './hold-until';

describe('holdUntil', () => {
  let client: HttpClient;
  let server: Server;
  let url: string;
  let received: { connections: number; requests: string[] };

  beforeEach(async () => {
    client = createHttpClient();
    received = { connections: 0, requests: [] };
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.requests.push(`${request.method ?? ''} ${request.headers['content-length'] ?? '-'} ${body}`);
        response.end('{}');
      });
    }).on('connection', () => (received.connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends nothing before it is ready, but connects', async () => {
    let release: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (release = resolve));
    const response = client.axios.post(url, { a: 1 }, { transport: holdUntil(() => ready) });
    while (received.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(received.requests).toEqual([]);
    release();
    expect((await response).status).toBe(200);
    expect(received.requests).toEqual(['POST 7 {"a":1}']);
  });

  it('sends requests with and without a body on a connection that is reused', async () => {
    const transport = holdUntil(() => Promise.resolve());
    await client.axios.get(url, { transport });
    await client.axios.put(url, 'text', { transport });
    await client.axios.get(url, { transport });
    expect(received).toEqual({ connections: 1, requests: ['GET - ', 'PUT 4 text', 'GET - '] });
  });

  it('fails and sends nothing when it does not get ready', async () => {
    const transport = holdUntil(() => Promise.reject(new Error('not now')));
    await expect(client.axios.get(url, { transport })).rejects.toThrow('not now');
    expect(received.requests).toEqual([]);
  });

  it('ends at the abort of its signal while it waits', async () => {
    const transport = holdUntil(() => new Promise(() => undefined));
    const request = client.axios.get(url, { transport, signal: AbortSignal.timeout(50) });
    await expect(request).rejects.toMatchObject({ code: 'ERR_CANCELED' });
    expect(received.requests).toEqual([]);
  });

  it('fails when nobody listens', async () => {
    const transport = holdUntil(() => Promise.resolve());
    await expect(client.axios.get('http://127.0.0.1:1', { transport })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
