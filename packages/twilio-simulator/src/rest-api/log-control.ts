import { loggedInbound } from './logged-message';
import { created, type Operation } from './operation';

/**
 * What Twilio does not have: adds a message to the account's log, given by the parameters of its webhook. One with a `MessageStatus` is
 * outbound. `DateSent` says when it was sent; by default now. A message that the log has already, by its MessageSid, is not added again.
 */
export const LOG_CONTROL_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: /^\/__simulator\/messages$/,
    run: ({ account, form }) => {
      const sid = form.get('MessageSid');
      const logged = account.messages.find((message) => message.sid === sid);
      if (logged) return created(logged);
      const status = form.get('MessageStatus');
      const message = loggedInbound(new Date(form.get('DateSent') ?? Date.now()), {
        sid,
        ...(status !== null && { direction: 'outbound-api', status }),
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
