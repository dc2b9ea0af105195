import type { AccountState } from './account-state';
import { addCampaign } from './campaigns';
import { addNumber } from './incoming-phone-numbers';
import { addService } from './messaging-services';
import { TWILIO_MESSAGING_SERVICE_SID } from '../webhooks/message';

/** Fills an account as one that texts already: a service with two numbers and a campaign, and a number outside of it. */
export function seedDemoAccount(account: AccountState): void {
  const numbers = ['+15005550006', '+15005550007'].map((phone) => addNumber(account, phone));
  const { sid } = addService(account, 'Offers', {
    sid: TWILIO_MESSAGING_SERVICE_SID,
    numbers,
    us_app_to_person_registered: true,
  });
  addCampaign(account, sid, { opt_out_keywords: ['STOP', 'END'] });
  addNumber(account, '+15005550008', { sms_url: 'https://demo.twilio.com/welcome/sms/reply' });
}
