import { Agent, request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { waitFor } from '@optout-sync/local-runtime/process';
import { startPublicServer, type PublicServer } from './server';

describe('the public server', () => {
  let server: PublicServer;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const start = async (listener: RequestListener) => {
    server = await startPublicServer({ port: 0 }, listener);
  };
  afterEach(async () => {
    agent.destroy();
    await server.stop();
  });

  const get = async () => {
    const sent = request({ host: '127.0.0.1', port: server.port, agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return { response, reused: sent.reusedSocket };
  };

  it('answers a request in progress when it is stopped, and closes its connection', async () => {
    let answer: (() => void) | undefined;
    await start((_, response) => {
      answer = () => response.end();
    });
    const answered = get();
    await waitFor(() => answer, { what: 'the request to arrive' });
    const stopped = server.stop();
    answer?.();
    const { response } = await answered;
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
    await stopped;
  });

  it('answers a request that arrives on a kept-alive connection after it was stopped', async () => {
    await start((_, response) => response.end());
    const before = await get();
    expect(before.response.headers.connection).toBe('keep-alive');
    const stopped = server.stop();
    const after = await get();
    expect(after.reused).toBe(true);
    expect(after.response.statusCode).toBe(200);
    expect(after.response.headers.connection).toBe('close');
    await stopped;
  });

  it('accepts connections until the drain delay ends, and closes each after its answer', async () => {
    await start((_, response) => response.end());
    const before = await get();
    expect(before.response.headers.connection).toBe('keep-alive');
    let stopped = false;
    const stopping = server.stop(300).then(() => (stopped = true));
    const during = [await get(), await get(), await get()];
    expect(stopped).toBe(false);
    expect(during.map(({ response }) => response.statusCode)).toEqual([200, 200, 200]);
    expect(during.map(({ response }) => response.headers.connection)).toEqual(['close', 'close', 'close']);
    expect(during.map(({ reused }) => reused)).toEqual([true, false, false]);
    await stopping;
    await expect(get()).rejects.toThrow('ECONNREFUSED');
  });

  it('accepts no connection once it is stopped', async () => {
    await start((_, response) => response.end());
    const stopped = server.stop();
    const socket = connect(server.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await stopped;
  });

  it('does not wait for idle connections', async () => {
    await start((_, response) => response.end());
    await get();
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('does not start when the port is in use', async () => {
    await start((_, response) => response.end());
    await expect(startPublicServer({ port: server.port }, () => undefined)).rejects.toThrow('EADDRINUSE');
  });
});
