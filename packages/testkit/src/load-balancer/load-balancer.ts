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
export interface Backend {
  readonly port: number;
  /** Polled; 200 means that the process accepts requests. */
  readonly readyUrl: string;
}

export interface LoadBalancer {
  readonly url: string;
  /** Adds a backend, which gets requests once it is ready. */
  add(backend: Backend): void;
  remove(backend: Backend): void;
  /** The reasons why backends did not answer requests. Each of these requests was answered 502. */
  readonly failures: readonly string[];
  /** The number of requests sent over a reused connection. */
  readonly reused: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const PROBE_TIMEOUT_MS = 2_000;

/**
 * A minimal load balancer: requests go in turn to the backends whose last poll was successful, over keep-alive
 * connections. A request is sent once, without retries; without a ready backend it is answered 503.
 *
 * @param pollMs interval at which each backend is polled, in ms
 */
export async function startLoadBalancer({ pollMs = 200 } = {}): Promise<LoadBalancer> {
  const agent = new Agent({ keepAlive: true });
  const backends = new PolledBackends(pollMs);
  const failures: string[] = [];
  let [turn, reused] = [0, 0];

  const server = createServer((incoming, response) => {
    const ready = backends.ready();
    const backend = ready[turn++ % ready.length];
    if (!backend) {
      response.writeHead(503).end();
      return;
    }
    const { method, url, headers } = incoming;
    const { port } = backend;
    const outgoing = request({ host: HOST, port, agent, method, path: url, headers: endToEnd(headers) });
    outgoing.on('response', (answer) => {
      if (outgoing.reusedSocket) reused += 1;
      forwardAnswer(answer, response);
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
    add: (backend) => backends.add(backend),
    remove: (backend) => backends.remove(backend),
    failures,
    get reused() {
      return reused;
    },
    async stop() {
      backends.stop();
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Backends whose readiness is polled. */
class PolledBackends {
  private readonly readiness = new Map<Backend, boolean>();
  private readonly polled = new Set<Backend>();
  private readonly timer: NodeJS.Timeout;

  constructor(pollMs: number) {
    this.timer = setInterval(() => {
      for (const backend of this.readiness.keys()) void this.poll(backend);
    }, pollMs);
  }

  ready(): Backend[] {
    return [...this.readiness].filter(([, isReady]) => isReady).map(([backend]) => backend);
  }

  add(backend: Backend): void {
    this.readiness.set(backend, false);
    void this.poll(backend);
  }

  remove(backend: Backend): void {
    this.readiness.delete(backend);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async poll(backend: Backend): Promise<void> {
    if (this.polled.has(backend)) return;
    this.polled.add(backend);
    const ready = await isReady(backend);
    this.polled.delete(backend);
    if (this.readiness.has(backend)) this.readiness.set(backend, ready);
  }
}

function forwardAnswer(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  pipeline(answer, response, () => undefined);
}

/** The headers that are not about a single connection. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection'));
}

async function isReady({ readyUrl }: Backend): Promise<boolean> {
  try {
    const response = await fetch(readyUrl, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
