import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendEvents } from './send-events';

test('a stream whose client left before it began ends at once', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = request({ port }).on('error', () => undefined);
  asked.end();
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  const closed = once(response, 'close');
  asked.destroy();
  await closed;
  const wasAborted = await new Promise<boolean>((resolve) => {
    const stream = (_: unknown, { aborted }: AbortSignal): Promise<void> => {
      resolve(aborted);
      return Promise.resolve();
    };
    void sendEvents(response, stream, new AbortController().signal);
  });
  expect(wasAborted).toBe(true);
  server.close();
});
