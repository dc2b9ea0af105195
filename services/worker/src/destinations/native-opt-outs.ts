import type { AppApi, OptOut } from '@optout-sync/customerio';
import type { Consent } from './destination';
import type { PersonWriter } from './people';

/**
 * Keeps Customer.io's own per-sender list, the one shown on a person's profile. Whoever was written to before gets what
 * changed since; whoever is new with the number gets all of it. One request a person, from the App API's budget.
 */
export function nativeOptOuts(api: Pick<AppApi, 'setOptOuts'>): PersonWriter {
  return async (cioId, consent) => {
    const { people, appliedVersion } = consent.entry;
    const optOuts = changedSince(people.includes(cioId) ? appliedVersion : 0, consent);
    if (optOuts.length > 0) await api.setOptOuts(cioId, optOuts);
  };
}

function changedSince(since: number, { subject, entry }: Consent): OptOut[] {
  return [...entry.senders.entries()]
    .filter(([, { version }]) => version > since)
    .map(([sender, { state }]) => ({
      // Customer.io knows our number without Twilio's channel prefix.
      from: sender.replace(/^[a-z]+:/i, ''),
      optout: state === 'stopped',
      channel: subject.channel,
    }));
}
