import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import {
  sendTwilioJson,
  sendTwilioWebhook,
  type TwilioAnswer,
  type TwilioParams,
} from '@optout-sync/twilio-simulator';
import type { Running } from './services';
import { AUTH_TOKEN, PUBLIC_URL } from './settings';

/** Sends a message to the load balancer at `url`. */
export function deliverTo(url: string, params: TwilioParams): Promise<TwilioAnswer> {
  const connectUrl = `${url}${WEBHOOK_PATHS.messages}`;
  return sendTwilioWebhook({
    url: `${PUBLIC_URL}${WEBHOOK_PATHS.messages}`,
    connectUrl,
    params,
    authToken: AUTH_TOKEN,
  });
}

/** Sends a form to an ingest as Twilio does, by default to the messages route. */
export function deliver(
  ingest: Running,
  params: TwilioParams,
  options: { path?: string; method?: 'GET' | 'POST'; authToken?: string } = {},
): Promise<TwilioAnswer> {
  const { path = WEBHOOK_PATHS.messages, ...request } = options;
  return sendTwilioWebhook({ ...urlsOf(ingest, path), params, authToken: AUTH_TOKEN, ...request });
}

/** Sends JSON to an ingest as Event Streams does. */
export function deliverJson(ingest: Running, path: string, body: unknown): Promise<TwilioAnswer> {
  return sendTwilioJson({ ...urlsOf(ingest, path), body, authToken: AUTH_TOKEN });
}

function urlsOf(ingest: Running, path: string): { url: string; connectUrl: string } {
  return { url: `${PUBLIC_URL}${path}`, connectUrl: `http://127.0.0.1:${String(ingest.port)}${path}` };
}
