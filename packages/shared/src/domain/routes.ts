/** The paths of ingest's webhooks, by route. The part of a URL before a path is `PUBLIC_URL`. */
export const WEBHOOK_PATHS = {
  messages: '/webhooks/twilio/messages',
  status: '/webhooks/twilio/status',
  events: '/webhooks/twilio/events',
  studio: '/webhooks/twilio/studio',
  people: '/webhooks/customerio/people',
  optouts: '/webhooks/optouts',
} as const;

/**
 * Connection overrides of the URL for inbound messages: three more attempts, after a timeout or any error. Without them Twilio gives up on
 * any HTTP error (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const RETRY_OVERRIDES = 'rc=3&rp=all';

export type WebhookRoute = keyof typeof WEBHOOK_PATHS;

/** The path of the one-click page, to which the token of a link is appended. */
export const LINK_PATH = '/u/';

/** A public route of ingest, as metrics and log lines name it. */
export type PublicRoute = WebhookRoute | 'link';
export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  ...(Object.keys(WEBHOOK_PATHS) as WebhookRoute[]),
  'link',
];
