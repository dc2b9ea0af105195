import type { WorkspaceOf } from '@optout-sync/shared/config';
import { reportedEvent, type InboundEvent } from '@optout-sync/shared/domain';
import type { Link } from '@optout-sync/shared/links';
import { derivedSid } from '../../inbound/derived-sid';
import { persistEvent } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import type { WebhookResult } from '../../webhook/receiver';
import type { Visit } from './authenticate';

/** The result of a confirmed visit, with what its page shows. */
export interface LinkResult extends WebhookResult {
  readonly link: Link;
  /** Whether the opt-out waits until its account is configured again. */
  readonly waits: boolean;
}

/**
 * Handles the confirmations of links: each is an opt-out, and never anything else. A link outlives the configuration: one of an account
 * that is not configured any more is stored all the same, and waits for an operator (`account_unknown`).
 *
 * @param workspaceOf says whether the account is configured
 */
export function createLinkHandler(
  { store, now }: Pick<RouteContext, 'store' | 'now'>,
  { workspaceOf }: { readonly workspaceOf: WorkspaceOf },
): (visit: Visit) => Promise<LinkResult> {
  return async ({ link }) => {
    const waits = workspaceOf(link.accountSid, link.sender) === undefined;
    return { ...(await persistEvent(store, eventOf(link, now()))), link, waits };
  };
}

/**
 * The event of a link that is confirmed at `now` (ms since 1970). A button that is pressed twice is one message. Pressed again later it is
 * another one: the person may have opted in meanwhile, and this is their last word.
 */
function eventOf({ accountSid, channel, phone, sender, issuedAt }: Link, now: number): InboundEvent {
  const message = { accountSid, person: `${channel}:${phone}`, sender, kind: 'stop' };
  return reportedEvent({
    messageSid: derivedSid('link', message, undefined, now),
    accountSid,
    kind: 'stop',
    channel,
    phone,
    sender,
    source: 'manual',
    reason: 'api',
    occurredAt: now,
    receivedAt: now,
    by: 'one-click link',
    why: `link made ${new Date(issuedAt).toISOString()}`,
  });
}
