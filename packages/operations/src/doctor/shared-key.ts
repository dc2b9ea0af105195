import { TwilioApiError, sharedKeyRuleFor, type RestClient } from '@optout-sync/twilio-api';
import { webhookUrl } from '../twilio/webhook-url';
import { problem, skipped, type Finding } from './finding';

/** Checks whether a rule of the account lets a SharedKey sign our webhooks. The API is in beta, and not every account has it. */
export async function checkSharedKey(client: RestClient, publicUrl: string): Promise<Finding[]> {
  const url = webhookUrl(publicUrl, 'messages');
  try {
    const rule = await sharedKeyRuleFor(client, url);
    if (!rule) return [];
    const what = `the webhook rule ${rule.matchType} applies the setting ${rule.settingId}, which signs with a SharedKey`;
    return [problem('webhooks', 'shared_key', what)];
  } catch (error) {
    if (!(error instanceof TwilioApiError)) throw error;
    return [skipped('webhooks', `whether a SharedKey signs webhooks: ${error.message}`)];
  }
}
