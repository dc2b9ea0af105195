/** The paths of ingest's webhooks, by route. The part of a URL before a path is `PUBLIC_URL`. */
export const WEBHOOK_PATHS = {
  messages: '/webhooks/twilio/messages',
  status: '/webhooks/twilio/status',
  events: '/webhooks/twilio/events',
  studio: '/webhooks/twilio/studio',
  people: '/webhooks/customerio/people',
} as const;

export type WebhookRoute = keyof typeof WEBHOOK_PATHS;
