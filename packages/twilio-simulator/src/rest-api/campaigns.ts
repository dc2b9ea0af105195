import { newSid, type AccountState } from './account-state';
import { findService } from './messaging-services';
import { ok, type Operation } from './operation';
import { listOfV1 } from './page';
import type { Campaign } from './resources';

export function addCampaign(
  account: AccountState,
  messagingServiceSid: string,
  fields: Partial<Campaign> = {},
): Campaign {
  const campaign: Campaign = {
    sid: newSid('QE'),
    account_sid: account.sid,
    messaging_service_sid: messagingServiceSid,
    campaign_status: 'VERIFIED',
    opt_out_keywords: ['STOP'],
    opt_in_keywords: ['START'],
    help_keywords: ['HELP'],
    opt_out_message: '',
    opt_in_message: '',
    help_message: '',
    ...fields,
  };
  account.campaigns.set(campaign.sid, campaign);
  return campaign;
}

export const CAMPAIGN_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/v1\/Services\/(MG\w+)\/Compliance\/Usa2p$/,
    run: (request) => {
      const { sid } = findService(request);
      const campaigns = [...request.account.campaigns.values()].filter(
        ({ messaging_service_sid }) => messaging_service_sid === sid,
      );
      return ok(listOfV1('compliance', campaigns, request));
    },
  },
];
