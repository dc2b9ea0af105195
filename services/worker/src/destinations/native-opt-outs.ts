import type { AppApi, Lookup, OptOut } from '@optout-sync/customerio';
import { progressOf } from '@optout-sync/shared/ledger';
import type { Consent } from './destination';
import type { OptionalDestination } from './optional-destination';
import { settleAll } from './people';

/** The App API's rate limit is also that of the look-ups of live opt-outs, which come first. */
const SLOT = { lane: 'background' } as const;

/**
 * Customer.io's own list of opt-outs by sender, the one shown on a person's profile. A person who was written to before gets
 * what has changed since; a person who has got the number meanwhile gets the opt-outs of earlier versions too, and no opt-in
 * of them. One request per person, from what live traffic leaves of the App API's rate limit.
 *
 * @param findPeople finds the people to write to where the attribute is written without a look-up; else they are those that the
 *   attribute was written to
 */
export function nativeOptOuts(api: Pick<AppApi, 'setOptOuts'>, findPeople?: Lookup): OptionalDestination {
  return {
    toPeople: true,
    isBehind(entry) {
      const { appliedVersion, people } = progressOf(entry, 'native');
      if (appliedVersion < entry.appliedVersion) return true;
      if (findPeople || !people) return !people;
      const known = new Set(people);
      return entry.people.some((cioId) => !known.has(cioId));
    },
    async write(consent, mark) {
      const { subject, entry } = consent;
      const { appliedVersion, people: before } = progressOf(entry, 'native');
      const known = new Set(before);
      const people =
        (await findPeople?.(subject.phone, consent.optedOut ? 'opt_out' : 'opt_in')) ?? entry.people;
      const writes = people.map(async (cioId) => {
        const optOuts = optOutsFor(consent, { after: appliedVersion, isNewcomer: !known.has(cioId) });
        if (optOuts.length > 0) await api.setOptOuts(cioId, optOuts, { slot: SLOT });
      });
      await settleAll(writes);
      await mark({ appliedVersion: entry.appliedVersion, people });
    },
  };
}

/** The entries of one person: what has changed after a version, for a newcomer also the earlier opt-outs. */
function optOutsFor(
  { subject, entry }: Consent,
  { after, isNewcomer }: { readonly after: number; readonly isNewcomer: boolean },
): OptOut[] {
  return [...entry.senders.entries()]
    .filter(([, { version }]) => version <= entry.appliedVersion)
    .filter(([, { version, state }]) => version > after || (isNewcomer && state === 'stopped'))
    .map(([sender, { state }]) => ({
      // Customer.io lists our number without Twilio's channel prefix.
      from: sender.replace(/^[a-z]+:/i, ''),
      optout: state === 'stopped',
      channel: subject.channel,
    }));
}
