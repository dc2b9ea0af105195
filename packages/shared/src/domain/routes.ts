/** The paths of ingest's webhooks, by route. The part of a URL before a path is `PUBLIC_URL`. */
export const WEBHOOK_PATHS = {
  messages: '/webhooks/twilio/messages',
  status: '/webhooks/twilio/status',
  events: '/webhooks/twilio/events',
  studio: '/webhooks/twilio/studio',
  people: '/webhooks/customerio/people',
  optouts: '/webhooks/optouts',
} as const;

export type WebhookRoute = keyof typeof WEBHOOK_PATHS;

/** The path of the one-click page, to which the token of a link is appended. */
export const LINK_PATH = '/u/';

/** A public route of ingest, as metrics and log lines name it. */
export type PublicRoute = WebhookRoute | 'link';
export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  ...(Object.keys(WEBHOOK_PATHS) as WebhookRoute[]),
  'link',
];
