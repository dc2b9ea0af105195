import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface ForwardTarget {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** How it answers from now on; 204 by default. */
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

/** Starts a server that messages are forwarded to. */
export async function startForwardTarget(): Promise<ForwardTarget> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers, rawHeaders } = request;
      received.push({ method, url, headers, rawHeaders, body });
      target.answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target: ForwardTarget = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/in`,
    received,
    answer: (response) => response.writeHead(204).end(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}
