import { JobError } from '@optout-sync/shared/domain';
import { progressOf } from '@optout-sync/shared/ledger';
import { consentChanges } from '../domain/consent-changes';
import type { SenderScope } from '../domain/sender-scope';
import type { WriteConsent } from '../twilio/consents-api';
import type { OptionalDestination } from './optional-destination';
import { settleAll } from './people';

const NAME = 'twilio_consents';

/**
 * Twilio's own list of opt-outs, for those that Twilio did not block itself. Twilio keeps none of WhatsApp.
 *
 * @param writers by the SID of their account; a sender of an account without one is left to Twilio
 */
export function twilioConsents(
  writers: ReadonlyMap<string, WriteConsent>,
  scope: SenderScope,
): OptionalDestination {
  return {
    toPeople: false,
    needsHistory: true,
    isBehind: (entry) => progressOf(entry, NAME).appliedVersion < entry.appliedVersion,
    async write({ subject, entry }, mark) {
      const { channel, phone } = subject;
      const versions = { after: progressOf(entry, NAME).appliedVersion, upTo: entry.appliedVersion };
      const changes = channel === 'sms' ? consentChanges(entry, versions, scope) : [];
      const writes = changes.map(async (change) => {
        const account = scope.accountOf(change.sender);
        if (account === undefined) throw senderUnknown();
        await writers.get(account)?.({ phone, ...change });
      });
      await settleAll(writes);
      await mark({ appliedVersion: entry.appliedVersion, isState: true });
    },
  };
}

function senderUnknown(): JobError {
  return new JobError(
    'rejected',
    'twilio_sender_unknown',
    'no account of the workspace names the sender under services or numbers',
  );
}
