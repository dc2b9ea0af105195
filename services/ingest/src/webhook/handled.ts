export const WEBHOOK_ROUTES = ['messages', 'status', 'events', 'studio'] as const;
export type WebhookRoute = (typeof WEBHOOK_ROUTES)[number];

/** How a proven webhook ends: kept for the workers, no keyword, of no concern to us, kept for an operator. */
export const HANDLED_OUTCOMES = ['accepted', 'not_a_keyword', 'ignored', 'dead_lettered'] as const;

/** What became of a proven webhook; `about` goes into the log, so nothing private in it. */
export interface Handled {
  readonly outcome: (typeof HANDLED_OUTCOMES)[number];
  readonly about: Readonly<Record<string, string>>;
}
