import { notFound } from './api-error';
import { ok, type Operation } from './operation';

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
