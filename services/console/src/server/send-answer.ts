import type { Response } from 'express';
import { renderToString } from 'preact-render-to-string';
import { renderPage, type LayoutProps } from '../views/layout';
import type { Answer } from '../http/route';
import { sendEvents } from './send-events';

/** What an answer is sent with. */
export interface AnswerContext {
  readonly session: NonNullable<LayoutProps['session']>;
  readonly takeNotice: () => Promise<string | undefined>;
  readonly notify: (notice: string) => Promise<void>;
  /** Aborts when the console stops. */
  readonly stopping: AbortSignal;
}

/** Sends what a handler answered. */
export async function sendAnswer(
  answer: Answer,
  response: Response,
  { session, takeNotice, notify, stopping }: AnswerContext,
): Promise<void> {
  if ('page' in answer) {
    const html = renderPage({ ...answer.page, session, notice: await takeNotice() });
    if (answer.retryAfter !== undefined) response.set('retry-after', String(answer.retryAfter));
    response.status(answer.status ?? 200).send(html);
  } else if ('part' in answer) {
    response.send(renderToString(answer.part));
  } else if ('redirect' in answer) {
    if (answer.notice !== undefined) await notify(answer.notice);
    response.redirect(303, answer.redirect);
  } else if ('download' in answer) {
    const { name, type, body } = answer.download;
    response.attachment(name).type(type).send(body);
  } else {
    await sendEvents(response, answer.stream, stopping);
  }
}
