import { loggedInbound } from './logged-message';
import { created, type Operation } from './operation';

/**
 * What Twilio does not have: adds an inbound message, given by the parameters of its webhook, to the account's log. A message
 * that the log has already, by its MessageSid, is not added again.
 */
export const LOG_CONTROL_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: /^\/__simulator\/messages$/,
    run: ({ account, form }) => {
      const sid = form.get('MessageSid');
      const logged = account.messages.find((message) => message.sid === sid);
      if (logged) return created(logged);
      const message = loggedInbound(new Date(), {
        sid,
        account_sid: account.sid,
        messaging_service_sid: form.get('MessagingServiceSid'),
        from: form.get('From'),
        to: form.get('To'),
        body: form.get('Body'),
      });
      account.messages.push(message);
      return created(message);
    },
  },
];
