import type { AppApi } from '@optout-sync/customerio';
import { JobError, type Channel } from '@optout-sync/shared/domain';
import type { NumberHistory } from './number-history';

/** Customer.io's own opt-out lists, as far as they were read. */
export type NativeList =
  | {
      readonly kind: 'read';
      /** Whether somebody is on the list of every sender that the number is opted out of. */
      readonly hasAll: (number: NumberHistory, cioId: string) => boolean;
    }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Reads the opt-out list of every sender that anybody is opted out of, 1,000 people a request. A workspace may have no such list, and
 * a key may not read it: then nothing is known of it.
 *
 * @throws {JobError} where Customer.io does not answer at all
 */
export async function readNativeList(
  api: Pick<AppApi, 'peopleOptedOutOf'>,
  stopped: readonly NumberHistory[],
): Promise<NativeList> {
  const lists = new Map<string, ReadonlySet<string>>();
  try {
    for (const number of stopped) {
      for (const address of number.stoppedSenders.flatMap((sender) => [...number.addressesOf(sender)])) {
        const key = keyOf(number.channel, address);
        if (!lists.has(key)) lists.set(key, await api.peopleOptedOutOf(nameOf(address), number.channel));
      }
    }
  } catch (error) {
    if (!(error instanceof JobError) || !['rejected', 'misconfigured'].includes(error.kind)) throw error;
    return { kind: 'unknown', why: `Customer.io: ${error.message}` };
  }
  return {
    kind: 'read',
    hasAll: (number, cioId) =>
      number.stoppedSenders.every((sender) =>
        [...number.addressesOf(sender)].some((address) =>
          lists.get(keyOf(number.channel, address))?.has(cioId),
        ),
      ),
  };
}

const keyOf = (channel: Channel, address: string): string => `${channel} ${address}`;
/** Customer.io has a list for each channel, under numbers without a prefix. */
const nameOf = (address: string): string => address.replace(/^[a-z]+:/i, '');
