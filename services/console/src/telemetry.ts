import { wrongTypeKey } from '@optout-sync/shared/redis';
import { RedisOutage, metricsOf, type Logger } from '@optout-sync/shared/service';
import type { Request, RequestHandler, Response } from 'express';
import type { Registry } from 'prom-client';
import { CONSOLE_METRICS } from './metrics';

const STREAM = 'text/event-stream';
const PARTS = ['pages', 'api', 'assets'] as const;
const STATUSES = ['2xx', '3xx', '4xx', '5xx'];

/** Counts and logs what happens in the console. */
export class Telemetry {
  readonly redisOutage: RedisOutage;
  private readonly metrics;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    this.metrics = metricsOf(registry, CONSOLE_METRICS);
    this.redisOutage = new RedisOutage(log);
    for (const outcome of ['accepted', 'refused', 'limited']) this.metrics.logins.inc({ outcome }, 0);
    for (const part of PARTS) {
      for (const status of STATUSES) this.metrics.requests.inc({ part, status }, 0);
      this.metrics.duration.zero({ part });
    }
  }

  /** Counts and logs each request when it is answered. */
  readonly observe: RequestHandler = (request, response, next) => {
    const startedAt = performance.now();
    const { path } = request;
    const part = path.startsWith('/api/') ? 'api' : path.startsWith('/assets/') ? 'assets' : 'pages';
    response.once('close', () => {
      const status = `${String(Math.floor(response.statusCode / 100))}xx`;
      this.metrics.requests.inc({ part, status });
      if (part !== 'assets') this.logAnswered(part, request, response, startedAt);
      const type = response.getHeader('content-type');
      if (typeof type === 'string' && type.startsWith(STREAM)) return;
      this.metrics.duration.observe({ part }, (performance.now() - startedAt) / 1_000);
    });
    next();
  };

  private logAnswered(part: string, request: Request, response: Response, startedAt: number): void {
    const { baseUrl, method } = request;
    const { path } = (request.route ?? {}) as { readonly path?: string };
    const { by } = response.locals as { readonly by?: string };
    const seconds = Math.round(performance.now() - startedAt) / 1_000;
    // The pattern and never the path, which anybody chooses.
    const route = path === undefined ? undefined : `${method} ${baseUrl}${path}`;
    this.log.debug({ part, route, status: response.statusCode, seconds, by }, 'request answered');
  }

  loggedIn(outcome: 'accepted' | 'refused' | 'limited', user?: string): void {
    this.metrics.logins.inc({ outcome });
    if (outcome === 'accepted') this.log.info({ user }, 'logged in');
    else this.log.warn({ code: `login_${outcome}` }, 'log-in refused');
  }

  /** A request failed by a fault that is not the user's. */
  failed(code: string, error: unknown): void {
    if (code === 'redis_unavailable' && this.redisOutage.isOn) return;
    this.log.error({ code, key: wrongTypeKey(error), err: error }, 'a request failed');
  }
}
