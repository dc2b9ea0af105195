import type { Request, Response } from 'express';
import { describeError } from '../http/describe-error';
import { ErrorView } from './error-view';
import type { Telemetry } from '../telemetry';
import { renderPage } from '../views/layout';
import type { Session } from './serve-route';

/** Sends the page of an error, with the navigation where the user is known. */
export function sendError(
  error: unknown,
  request: Request,
  response: Response,
  telemetry: Pick<Telemetry, 'failed'>,
): void {
  const described = describeError(error);
  if (described.unexpected || described.status >= 500) telemetry.failed(described.code, error);
  const session = response.locals.session as Session | undefined;
  const body = <ErrorView {...described} />;
  if (described.retryAfter !== undefined) response.set('retry-after', String(described.retryAfter));
  response.status(described.status).send(
    renderPage({
      title: described.status === 404 ? 'Not found' : 'That did not work',
      body,
      active: undefined,
      session,
      notice: undefined,
    }),
  );
}
