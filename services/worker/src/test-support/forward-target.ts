import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Passed {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface ForwardTarget {
  readonly url: string;
  readonly passed: Passed[];
  /** How it answers from now on; 204 at first. */
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

/** A server to pass messages on to. */
export async function startForwardTarget(): Promise<ForwardTarget> {
  const passed: Passed[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers, rawHeaders } = request;
      passed.push({ method, url, headers, rawHeaders, body });
      target.answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target: ForwardTarget = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/in`,
    passed,
    answer: (response) => response.writeHead(204).end(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}
