import { E164, LINK_PATH } from '@optout-sync/shared/domain';
import { LinkKey, sealLink } from '@optout-sync/shared/links';
import { TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import type { DemoAccount } from '../config/demo-env';

/** The address of the one-click page of a phone. @param webhook the address of a webhook of the ingest that serves it */
export function demoLink({ accountSid, linkKey }: DemoAccount, phone: string, webhook: string): string {
  const link = {
    accountSid,
    channel: 'sms',
    phone: E164.parse(phone),
    sender: TWILIO_MESSAGING_SERVICE_SID,
    brand: 'the demo',
    issuedAt: Date.now(),
  } as const;
  return new URL(LINK_PATH + sealLink(link, LinkKey.parse(linkKey)), webhook).href;
}

/**
 * Opens a one-click page, and presses its button.
 *
 * @returns the status of the answer
 */
export async function pressLink(url: string): Promise<number> {
  const page = await fetch(url);
  return page.ok ? (await fetch(url, { method: 'POST' })).status : page.status;
}
