import type { Request, RequestHandler, Response } from 'express';
import { consoleUserEntry, isPasswordOf } from '@optout-sync/operations';
import type { ConsoleAuth } from '@optout-sync/shared/config';
import { z } from 'zod';
import { ConsoleError } from '../http/console-error';
import { formOf } from '../http/form-of';
import { parseInput } from '../http/parse-input';
import type { Telemetry } from '../telemetry';
import { renderPage } from '../views/layout';
import type { LoginLimiter } from './login-limiter';
import { CSRF_FIELD } from '../views/form';
import { LoginView } from './login-view';
import type { SessionCookie } from './session-cookie';
import { isCsrfTokenOf, type Sessions } from './sessions';

interface LoginDeps {
  readonly users: Extract<ConsoleAuth, { kind: 'password' }>['users'];
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly limiter: LoginLimiter;
  readonly addressOf: (request: Request) => string;
  readonly telemetry: Pick<Telemetry, 'loggedIn'>;
}

const LoginForm = z.object({
  name: z.string().max(100),
  password: z.string().max(1_024),
  next: z.string().catch('/').transform(ownPath),
});

/** The log-in page and what its form posts to. */
export function createLogin(deps: LoginDeps): {
  readonly show: RequestHandler;
  readonly logIn: RequestHandler;
  readonly logOut: RequestHandler;
} {
  return {
    show: (request, response) => {
      const next = typeof request.query.next === 'string' ? ownPath(request.query.next) : '/';
      sendForm(response, 200, next);
    },
    logIn: (request, response) => logIn(request, response, deps),
    logOut: async (request, response) => {
      const id = deps.cookie.read(request);
      // Without the token nothing ends: another site must not log anybody out.
      if (id !== undefined && isCsrfTokenOf(id, formOf(request).get(CSRF_FIELD) ?? '')) {
        await deps.sessions.end(id);
        deps.cookie.clear(response);
      }
      response.redirect(303, '/login');
    },
  };
}

async function logIn(request: Request, response: Response, deps: LoginDeps): Promise<void> {
  const { users, sessions, cookie, limiter, addressOf, telemetry } = deps;
  const form = parseInput(LoginForm, Object.fromEntries(formOf(request)));
  const address = addressOf(request);
  try {
    await limiter.count(address, form.name);
  } catch (error) {
    if (error instanceof ConsoleError) telemetry.loggedIn('limited');
    throw error;
  }
  const user = users.get(form.name);
  // As much work for a name that does not exist, so that the time does not tell whether it does.
  const isRight = await isPasswordOf(user?.hash ?? (await nobody()), form.password);
  if (!user || !isRight) {
    telemetry.loggedIn('refused');
    sendForm(response, 401, form.next, 'The name or the password is wrong.');
    return;
  }
  await limiter.reset(address, form.name);
  cookie.set(response, await sessions.create(user.name, user.hash));
  telemetry.loggedIn('accepted', user.name);
  response.redirect(303, form.next);
}

function sendForm(response: Response, status: number, next: string, error?: string): void {
  const body = <LoginView next={next} error={error} />;
  response
    .status(status)
    .send(renderPage({ title: 'Log in', body, active: undefined, session: undefined, notice: undefined }));
}

/** The path where it is one of this console: `//host` and `/\host` are other sites. */
function ownPath(text: string): string {
  return /^\/(?![/\\])[^\p{Cc}]*$/u.test(text) ? text : '/';
}

let hashOfNobody: Promise<string> | undefined;
/** A hash that no password has. */
function nobody(): Promise<string> {
  hashOfNobody ??= consoleUserEntry({
    name: 'nobody',
    role: 'viewer',
    password: crypto.randomUUID(),
  }).then((entry) => entry.split(':')[2] ?? '');
  return hashOfNobody;
}
