import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** A process behind the load balancer. */
export interface Target {
  readonly port: number;
  /** Asked whether it may be given requests; 200 means yes. */
  readonly readyUrl: string;
}

export interface LoadBalancer {
  readonly url: string;
  /** Adds a target. It gets requests once it is ready. */
  add(target: Target): void;
  remove(target: Target): void;
  /** Requests that a target did not answer, by the reason. Each was answered 502. */
  readonly failures: readonly string[];
  /** Requests that went over a connection that had served one before. */
  readonly reused: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * A load balancer as plain as they come: requests go in turn to the targets that were ready when last asked, over
 * connections that are kept alive. A request is tried once; with nobody ready it is answered 503.
 *
 * @param pollMs how often each target is asked whether it is ready
 */
export async function startLoadBalancer({ pollMs = 200 } = {}): Promise<LoadBalancer> {
  const agent = new Agent({ keepAlive: true });
  const readiness = new Map<Target, boolean>();
  const failures: string[] = [];
  let [turn, reused] = [0, 0];

  const poll = async (target: Target): Promise<void> => {
    const ready = await isReady(target, pollMs);
    if (readiness.has(target)) readiness.set(target, ready);
  };
  const pollAll = (): void => {
    for (const target of readiness.keys()) void poll(target);
  };
  const polling = setInterval(pollAll, pollMs);

  const server = createServer((incoming, response) => {
    const ready = [...readiness].filter(([, isReady]) => isReady).map(([target]) => target);
    const target = ready[turn++ % ready.length];
    if (!target) {
      response.writeHead(503).end();
      return;
    }
    const { method, url, headers } = incoming;
    const { port } = target;
    const outgoing = request({ host: HOST, port, agent, method, path: url, headers: endToEnd(headers) });
    outgoing.on('response', (answer) => {
      if (outgoing.reusedSocket) reused += 1;
      passBack(answer, response);
    });
    outgoing.on('error', (error) => {
      failures.push(error.message);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));

  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    add(target) {
      readiness.set(target, false);
      void poll(target);
    },
    remove: (target) => void readiness.delete(target),
    failures,
    get reused() {
      return reused;
    },
    async stop() {
      clearInterval(polling);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passBack(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  pipeline(answer, response, () => undefined);
}

/** Each side's connection is its own affair. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection'));
}

async function isReady({ readyUrl }: Target, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(readyUrl, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
