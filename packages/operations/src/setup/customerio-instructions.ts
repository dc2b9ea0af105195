import {
  collectErrors,
  readPublicUrl,
  readWebhookTokens,
  readWorkspaces,
  settingOf,
  webhookTokenSettingOf,
  type Env,
  type WorkspaceConfig,
} from '@optout-sync/shared/config';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';

/** A webhook action of a Customer.io workflow. */
interface WebhookAction {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
}

/** What to create in a workspace; docs/people-webhook.md and docs/configuration.md explain it. */
export interface CustomerIoInstructions {
  readonly workspace: string;
  /** The workflows that report new people and changed numbers. */
  readonly people: {
    /** Whether ingest has a token for them. */
    readonly hasToken: boolean;
    /** The setting that holds the token. */
    readonly tokenSetting: string;
    readonly segment: string;
    readonly action: WebhookAction;
  };
  /** The webhook-triggered campaign that may be a destination. */
  readonly campaign: {
    readonly isConfigured: boolean;
    readonly setting: string;
    readonly sample: Readonly<Record<string, string | boolean>>;
  };
}

/** Returns what to create in each workspace. @throws {ConfigError} */
export function customerIoInstructions(env: Env): CustomerIoInstructions[] {
  const { workspaces, tokens, publicUrl } = collectErrors({
    workspaces: () => readWorkspaces(env),
    tokens: () => readWebhookTokens(env),
    publicUrl: () => readPublicUrl(env),
  });
  const hasToken = (name: string) => tokens.some(({ workspace }) => workspace === name);
  return workspaces.map((workspace) => toInstructions(workspace, publicUrl, hasToken(workspace.name)));
}

function toInstructions(
  { configuredAs, phoneAttribute, attributes, campaignWebhookUrl }: WorkspaceConfig,
  publicUrl: string | undefined,
  hasToken: boolean,
): CustomerIoInstructions {
  const tokenSetting = webhookTokenSettingOf(configuredAs);
  return {
    workspace: configuredAs,
    people: {
      hasToken,
      tokenSetting,
      segment: `people whose attribute ${phoneAttribute} exists`,
      action: {
        method: 'POST',
        url: (publicUrl ?? 'https://<your host>') + WEBHOOK_PATHS.people,
        headers: { Authorization: `Bearer <${tokenSetting}>`, 'Content-Type': 'application/json' },
        body: { phone: `{{customer.${phoneAttribute}}}`, cio_id: '{{customer.cio_id}}' },
      },
    },
    campaign: {
      isConfigured: campaignWebhookUrl !== undefined,
      setting: settingOf(configuredAs, 'campaign_webhook_url'),
      sample: {
        MessageSid: `SM${'0'.repeat(31)}1`,
        From: '+14155550123',
        To: `MG${'0'.repeat(31)}1`,
        OptOutType: 'STOP',
        Channel: 'sms',
        Timestamp: '2026-03-01T09:59:58.000Z',
        [attributes.sms]: true,
      },
    },
  };
}
