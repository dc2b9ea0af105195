import { z } from 'zod';
import type { RestClient } from './rest-client';
import { unexpectedResponse } from './twilio-api-error';

const product = 'webhooks';
const PATH = '/v1/Webhooks';

/**
 * A rule of the Webhooks configuration API (https://www.twilio.com/docs/usage/webhooks/webhook-rules). It is in public beta and
 * the form of its lists is not documented, so only what is used is read: which URLs the rule matches, and the ids of its
 * settings, wherever they stand.
 */
const Rule = z
  .object({ matchType: z.string(), value: z.string().nullish(), prefix: z.string().nullish() })
  .loose()
  .transform((rule) => ({
    ...rule,
    settingIds: [...new Set(JSON.stringify(rule).match(/webhooks_setting_\w+/g) ?? [])],
  }));
type Rule = z.output<typeof Rule>;

const Rules = z.union([
  z.array(Rule),
  z.object({ rules: z.array(Rule) }).transform(({ rules }) => rules),
  z.object({ items: z.array(Rule) }).transform(({ items }) => items),
  z.object({ data: z.array(Rule) }).transform(({ data }) => data),
]);

const Setting = z.object({ signature: z.record(z.string(), z.unknown()).nullish() });

/** A rule by which a SharedKey signs webhooks in place of the auth token. */
interface SharedKeyRule {
  readonly matchType: string;
  /** The setting that names the key. */
  readonly settingId: string;
}

/**
 * Returns the rule by which Twilio signs the webhooks to `url` with a SharedKey; `undefined` for none. The most exact rule
 * applies: the whole URL, else the longest prefix, else the default.
 *
 * @throws {TwilioApiError}
 */
export async function sharedKeyRuleFor(client: RestClient, url: string): Promise<SharedKeyRule | undefined> {
  const rules = Rules.safeParse(await client.get(`${PATH}/Rules`, product));
  if (!rules.success) throw unexpectedResponse(`${PATH}/Rules`);
  const applying = ruleFor(rules.data, url);
  for (const settingId of applying?.settingIds ?? []) {
    const setting = Setting.safeParse(await client.get(`${PATH}/Settings/${settingId}`, product));
    if (!setting.success) throw unexpectedResponse(`${PATH}/Settings`);
    if (setting.data.signature && applying) return { matchType: applying.matchType, settingId };
  }
  return undefined;
}

function ruleFor(rules: readonly Rule[], url: string): Rule | undefined {
  const prefixes = rules
    .filter(({ matchType, prefix }) => matchType === 'PREFIX_MATCH' && prefix && url.startsWith(prefix))
    .sort((a, b) => (b.prefix?.length ?? 0) - (a.prefix?.length ?? 0));
  return (
    rules.find(({ matchType, value }) => matchType === 'EXACT_MATCH' && value === url) ??
    prefixes[0] ??
    rules.find(({ matchType }) => matchType === 'DEFAULT')
  );
}
