import { connectSandboxControl, DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import { Ledger } from '@optout-sync/shared/ledger';
import { connectRedis } from '@optout-sync/shared/redis';
import { messageSid, sendTwilioWebhook, twilioMessage } from '@optout-sync/twilio-simulator';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DemoAccount } from '../config/demo-env';
import type { Plan } from '../config/plan';
import type { SystemUrls } from '../system/local-system';
import { MessageForm, TypedForm } from './message-form';
import { peopleRows } from './people-rows';
import { requestGuard } from './request-guard';
import { SentMessages } from './sent-messages';
import type { FormState } from './views/send-form';
import { renderPage } from './views/page';

const ASSETS = join(__dirname, '../../assets/demo-page');

/**
 * Serves a page on 127.0.0.1 that shows the people of the sandbox, and sends messages as a phone does, until this process ends.
 * It has no log-in: whoever reaches it can send the same messages to the demo's ingest.
 *
 * @returns its address
 */
export async function startDemoPage(plan: Plan & { mode: 'demo' }, urls: SystemUrls): Promise<string> {
  const { prefix } = plan.config;
  const redis = connectRedis({ mode: 'standalone', url: urls.redis ?? '', prefix }, 'store', () => undefined);
  const messages = new SentMessages(new Ledger(redis, { prefix }));
  const server = createServer(routes(plan.account, urls, messages)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function routes(account: DemoAccount, urls: SystemUrls, messages: SentMessages): Express {
  const workspace = connectSandboxControl(urls.sandbox ?? '').workspace();
  const render = async (form: FormState): Promise<string> => {
    const [people, sent] = await Promise.all([workspace.people(), messages.withOutcomes()]);
    return renderPage({ form, messages: sent, people: peopleRows(people) });
  };

  const app = express().disable('x-powered-by');
  app.use(requestGuard);
  app.get('/', async ({ query }, response) => {
    const from = typeof query.from === 'string' ? query.from : DEMO_PHONES.single;
    response.send(await render({ from, body: 'STOP', errors: [] }));
  });
  app.post('/messages', express.urlencoded({ extended: false }), async (request, response) => {
    const typed = TypedForm.parse(request.body ?? {});
    const form = MessageForm.safeParse(typed);
    if (!form.success) {
      const errors = form.error.issues.map(({ message }) => message);
      response.status(400).send(await render({ ...typed, errors }));
      return;
    }
    messages.add(await send(form.data, account, urls.webhook));
    response.redirect(303, `/?${new URLSearchParams({ from: form.data.from }).toString()}`);
  });
  app.use(express.static(ASSETS));
  app.use(reportError);
  return app;
}

const reportError: ErrorRequestHandler = (error: Partial<Error & { status: number }>, _, response, next) => {
  if (response.headersSent) next(error);
  else
    response
      .status(error.status ?? 503)
      .type('text')
      .send(error.message);
};

/** Sends a message as Twilio does for an account without Advanced Opt-Out. */
async function send(form: MessageForm, { accountSid: AccountSid, authToken }: DemoAccount, url: string) {
  const [sid, sentAt] = [messageSid(), new Date()];
  const params = twilioMessage({ MessageSid: sid, AccountSid, From: form.from, Body: form.body });
  const answer = await sendTwilioWebhook({ url, params, authToken }).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Error && error.message) || 'no answer',
  );
  return { ...form, sid, sentAt, answer };
}
