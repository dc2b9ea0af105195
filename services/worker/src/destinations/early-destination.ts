import type { EarlyLookup, FoundTogether, Writer } from '@optout-sync/customerio';
import type { Channel } from '@optout-sync/shared/domain';
import type { Consent, Destination } from './destination';
import { settleAll, writeToPeople, type PersonWriter } from './people';

/** The people of a number, or of several numbers together; `undefined` where the number has to be looked up by itself. */
type EarlyFound = readonly string[] | FoundTogether | undefined;

/**
 * Writes first opt-outs of numbers to everyone whom a joint search finds, before it is known who has which number.
 *
 * Guarantee: such a write is one that the sync of some number would have made as well. Whoever is found has one of the numbers,
 * since every spelling carries the country code, and each of them is stopped. All that is written is `true`, with the earliest
 * timestamp of the numbers, so it never wins over what a later version of any of them wrote or will write.
 */
export interface EarlyDestination {
  /** @throws {JobError} */
  readonly write: (consent: Consent) => Promise<EarlyFound>;
  /** Writes to the people of a number, once they are known. @throws {JobError} */
  readonly complete: (people: readonly string[]) => Destination;
}

/** @param lookupOf creates a look-up that hands over all whom it finds */
export function earlyDestination(options: {
  readonly write: Writer;
  readonly optedOut: Readonly<Record<Channel, string>>;
  readonly writers: readonly PersonWriter[];
  readonly onNobody: (consent: Consent) => void;
  readonly lookupOf: (
    onFound: (cioIds: readonly string[], timestamp: number) => Promise<boolean>,
  ) => EarlyLookup;
}): EarlyDestination {
  const { write, optedOut, writers, onNobody, lookupOf } = options;
  const lookupFor = (channel: Channel): EarlyLookup =>
    lookupOf(async (cioIds, timestamp) => {
      const attributes = { [optedOut[channel]]: true };
      try {
        await settleAll(cioIds.map((cio_id) => write({ identifier: { cio_id }, attributes, timestamp })));
        return true;
      } catch {
        // Whose write it is that fails is known once they are told apart.
        return false;
      }
    });
  const lookups = { sms: lookupFor('sms'), whatsapp: lookupFor('whatsapp') };
  return {
    write: ({ subject: { channel, phone }, entry: { timestamp } }) => lookups[channel]({ phone, timestamp }),
    complete: (people) => async (consent) => {
      if (people.length === 0) onNobody(consent);
      await writeToPeople(people, writers, consent);
      return people;
    },
  };
}

/** Whether an opt-out is the first word of a number, and not written yet. */
export function isFirstOptOut({ optedOut, entry }: Consent): boolean {
  const { version, appliedVersion, earlyVersion, senders } = entry;
  return (
    optedOut &&
    appliedVersion === 0 &&
    earlyVersion !== version &&
    [...senders.values()].every(({ state }) => state === 'stopped')
  );
}
