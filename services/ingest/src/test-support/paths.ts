/** Paths of the routes, as Twilio is told of them. */
export const EVENTS_PATH = '/webhooks/twilio/events';
export const STATUS_PATH = '/webhooks/twilio/status';
