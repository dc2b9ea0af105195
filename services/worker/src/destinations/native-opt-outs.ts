import type { AppApi, OptOut } from '@optout-sync/customerio';
import type { Consent } from './destination';
import type { PersonWriter } from './people';

/**
 * Updates Customer.io's own list of opt-outs by sender, the one shown on a person's profile. A person who was written to
 * before gets what has changed since; a person who has got the number meanwhile gets all of it. One request per person,
 * from the App API's rate limit.
 */
export function nativeOptOuts(api: Pick<AppApi, 'setOptOuts'>): PersonWriter {
  return async (cioId, consent) => {
    const { people, appliedVersion } = consent.entry;
    const optOuts = changedSince(people.includes(cioId) ? appliedVersion : 0, consent);
    if (optOuts.length > 0) await api.setOptOuts(cioId, optOuts);
  };
}

function changedSince(appliedVersion: number, { subject, entry }: Consent): OptOut[] {
  return [...entry.senders.entries()]
    .filter(([, { version }]) => version > appliedVersion)
    .map(([sender, { state }]) => ({
      // Customer.io lists our number without Twilio's channel prefix.
      from: sender.replace(/^[a-z]+:/i, ''),
      optout: state === 'stopped',
      channel: subject.channel,
    }));
}
