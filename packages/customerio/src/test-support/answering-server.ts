import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response as it goes over the wire. An object is sent as JSON, text as HTML. */
export interface CannedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnsweringServer {
  readonly url: string;
  /** Paths of the requests received. */
  readonly paths: readonly string[];
  /** Answers all requests from now on. */
  answer(answerTo: CannedAnswer | ((path: string) => CannedAnswer)): void;
  stop(): Promise<void>;
}

/** A local HTTP server that answers in any form. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  let answerTo: (path: string) => CannedAnswer = () => ({ status: 200 });
  const paths: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const path = request.url ?? '/';
      paths.push(path);
      const { status, body, headers } = answerTo(path);
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
      const type = typeof body === 'string' ? 'text/html' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...headers }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    paths,
    answer(given) {
      answerTo = typeof given === 'function' ? given : () => given;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
