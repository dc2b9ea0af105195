import { notFound } from './api-error';
import { ok, type Operation } from './operation';

/**
 * A rule of the Webhooks configuration API (https://www.twilio.com/docs/usage/webhooks/webhook-rules, public beta): which
 * setting applies to a webhook, by its URL.
 */
export interface WebhookRule {
  readonly id: string;
  readonly matchType: 'EXACT_MATCH' | 'PREFIX_MATCH' | 'DEFAULT';
  readonly value?: string;
  readonly prefix?: string;
  readonly settings: readonly { readonly settingId: string; readonly weight?: number }[];
}

/** How webhooks are delivered; a `signature` names the SharedKey that signs them in place of the auth token. */
export interface WebhookSetting {
  readonly id: string;
  readonly signature?: { readonly keyId: string; readonly algorithm: string } | null;
}

export const WEBHOOK_RULE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/v1\/Webhooks\/Rules$/,
    run: ({ account }) => ok({ rules: account.webhookRules, meta: { nextToken: null } }),
  },
  {
    method: 'GET',
    path: /^\/v1\/Webhooks\/Settings\/(\w+)$/,
    run: ({ account, ids, path }) => {
      const setting = account.webhookSettings.get(ids[0] ?? '');
      if (!setting) throw notFound(path);
      return ok(setting);
    },
  },
];
