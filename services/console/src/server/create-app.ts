import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { compileAddressOf } from '@optout-sync/shared/service';
import { createApi } from '../api/create-api';
import { createLogin } from '../auth/login';
import { createIdentify } from '../auth/identify';
import { LoginLimiter } from '../auth/login-limiter';
import { SessionCookie } from '../auth/session-cookie';
import { Sessions } from '../auth/sessions';
import type { ConsoleContext } from '../context';
import { checkOrigin } from '../http/allowed-hosts';
import { notFound } from '../http/console-error';
import { readForm } from '../http/form-of';
import { ROUTES } from '../routes';
import type { Telemetry } from '../telemetry';
import { createAssets } from './assets';
import { sendError } from './send-error';
import { securityHeaders } from './security-headers';
import { serveRoute, type Door } from './serve-route';

/** Creates the API and the pages. The order of the checks: host and origin, who asks, what their role may do, the token of the form. */
export function createApp(
  context: ConsoleContext,
  telemetry: Telemetry,
  /** Aborts when the console stops, which ends its streams. */
  stopping: AbortSignal,
): Express {
  const { config, stores } = context;
  const { auth, url } = config;
  const sessions = new Sessions(stores.redis, stores.prefix);
  const cookie = new SessionCookie(url);
  const app = express().disable('x-powered-by').disable('etag');
  // Whatever NODE_ENV is: Express' own last resort shows no stack.
  app.set('env', 'production');
  app.use(telemetry.observe);
  app.use(securityHeaders(url?.startsWith('https:') ?? false));
  // Before all that concerns browsers: a token is the only credential there.
  const { apiRequestsPerSecond: requestsPerSecond } = config;
  app.use('/api', createApi({ ...context, requestsPerSecond, telemetry }));
  app.use(fromHere(url));
  app.use('/assets', createAssets());
  app.use((_, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  app.use(readForm);
  const door: Door = { identify: createIdentify(auth, sessions, cookie), sessions, cookie, auth };
  if (auth.kind === 'password') {
    const limiter = new LoginLimiter(stores.redis, stores.prefix);
    const addressOf = compileAddressOf([...auth.proxies]);
    const login = createLogin({ users: auth.users, sessions, cookie, limiter, addressOf, telemetry });
    app.get('/login', login.show);
    app.post('/login', login.logIn);
    app.post('/logout', login.logOut);
  }
  for (const route of ROUTES) serveRoute(app, route, { context, door, stopping });
  app.use(() => {
    throw notFound();
  });
  app.use(errorHandler(telemetry));
  return app;
}

const fromHere =
  (url: string | undefined): RequestHandler =>
  (request, _, next) => {
    checkOrigin(request, url);
    next();
  };

const errorHandler =
  (telemetry: Telemetry): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) next(error);
    else sendError(error, request, response, telemetry);
  };
