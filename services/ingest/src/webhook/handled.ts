import type { Params } from './request';

export const WEBHOOK_ROUTES = ['messages'] as const;
export type WebhookRoute = (typeof WEBHOOK_ROUTES)[number];

/** How a signed webhook ends: kept for the workers, of no concern to us, kept for an operator. */
export const HANDLED_OUTCOMES = ['accepted', 'not_a_keyword', 'dead_lettered'] as const;

/** What became of a signed webhook; `about` goes into the log, so nothing private in it. */
export interface Handled {
  readonly outcome: (typeof HANDLED_OUTCOMES)[number];
  readonly about: Readonly<Record<string, string>>;
}

/** Does with a signed webhook what its route is for. What has to be kept is durable when it resolves. */
export type Handler = (params: Params) => Promise<Handled>;
