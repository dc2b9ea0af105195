import { z } from 'zod';
import { readList } from './list';
import type { RestClient } from './rest-client';

const words = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/** The keywords of an A2P campaign (https://www.twilio.com/docs/messaging/api/usapptoperson-resource). */
const Campaign = z
  .object({
    sid: z.string(),
    campaign_status: z.string(),
    opt_out_keywords: words,
    opt_in_keywords: words,
    help_keywords: words,
  })
  .transform((campaign) => ({
    sid: campaign.sid,
    status: campaign.campaign_status,
    keywords: {
      stop: campaign.opt_out_keywords,
      start: campaign.opt_in_keywords,
      help: campaign.help_keywords,
    },
  }));
type Campaign = z.output<typeof Campaign>;

/** Reads the A2P campaigns of a Messaging Service; none where it has no US traffic. @throws {TwilioApiError} */
export function readCampaigns(client: RestClient, serviceSid: string): Promise<Campaign[]> {
  return readList(client, {
    product: 'messaging',
    path: `/v1/Services/${serviceSid}/Compliance/Usa2p`,
    name: 'compliance',
    item: Campaign,
  });
}
