import type { Express, Request, Response } from 'express';
import type { ConsoleAuth } from '@optout-sync/shared/config';
import type { Identify } from '../auth/identify';
import type { SessionCookie } from '../auth/session-cookie';
import { csrfTokenOf, isCsrfTokenOf, type Sessions } from '../auth/sessions';
import type { ConsoleContext } from '../context';
import { ConsoleError } from '../http/console-error';
import { formOf } from '../http/form-of';
import { mayDo, type ConsoleRoute, type User } from '../http/route';
import { sendAnswer } from './send-answer';
import { CSRF_FIELD } from '../views/form';

/** What decides who comes in. */
export interface Door {
  readonly identify: Identify;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly auth: ConsoleAuth;
}

/** Who asks, as pages show it. */
export interface Session {
  readonly user: User;
  readonly csrf: string;
  readonly canLogOut: boolean;
}

/** Serves one route to those who may use it. */
export function serveRoute(
  app: Express,
  route: ConsoleRoute,
  deps: { readonly context: ConsoleContext; readonly door: Door; readonly stopping: AbortSignal },
): void {
  const { context, door, stopping } = deps;
  const serve = async (request: Request, response: Response): Promise<void> => {
    const signedIn = await door.identify(request, response);
    if (!signedIn) {
      response.redirect(303, loginPath(request));
      return;
    }
    const { user, sessionId } = signedIn;
    const csrf = csrfTokenOf(sessionId);
    response.locals.by = user.name;
    const session: Session = { user, csrf, canLogOut: door.auth.kind === 'password' };
    response.locals.session = session;
    const form = formOf(request);
    checkMayDo(route, user, { sessionId, form });
    const answer = await route.handle({
      context,
      user,
      params: request.params as Readonly<Record<string, string>>,
      query: queryOf(request),
      form,
      csrf,
    });
    if (route.kind === 'action') {
      const fields = { by: user.name, route: `${route.method} ${route.path}` };
      context.log.info(fields, 'a user acted in the console');
    }
    await sendAnswer(answer, response, {
      session,
      takeNotice: () => door.sessions.takeNotice(sessionId),
      notify: (notice) => door.sessions.notify(sessionId, notice),
      stopping,
    });
  };
  if (route.method === 'GET') app.get(route.path, serve);
  else app.post(route.path, serve);
}

/** What the audit trail stores of a reason, in characters; as the ledger of an override. */
const MAX_WHY = 1_000;

/** @throws {ConsoleError} `role_insufficient`, `csrf_invalid`, `input_invalid` */
function checkMayDo(
  { method, role }: ConsoleRoute,
  user: User,
  { sessionId, form }: { readonly sessionId: string; readonly form: URLSearchParams },
): void {
  if (!mayDo(user.role, role)) {
    throw new ConsoleError(403, 'role_insufficient', `this needs the role ${role}; yours is ${user.role}`);
  }
  if (method === 'POST' && !isCsrfTokenOf(sessionId, form.get(CSRF_FIELD) ?? '')) {
    throw new ConsoleError(403, 'csrf_invalid', 'the form is too old; open its page again and repeat it');
  }
  if ((form.get('why') ?? '').length > MAX_WHY) {
    throw new ConsoleError(400, 'input_invalid', `why: may have at most ${String(MAX_WHY)} characters`);
  }
}

/** Not by the URL parser, to which a path of `//` is a host. */
function queryOf({ originalUrl }: Request): URLSearchParams {
  const start = originalUrl.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : originalUrl.slice(start));
}

function loginPath({ method, originalUrl }: Request): string {
  if (method !== 'GET' || originalUrl === '/') return '/login';
  return `/login?${new URLSearchParams({ next: originalUrl }).toString()}`;
}
