import { attributeEquals, type AppApi } from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { readPhones, type E164 } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { ConsentItem } from './consent-item';

/** A page of the people who are opted out at Customer.io. */
export interface OptedOutPage {
  /** The numbers that no opt-out of the ledger explains, for each sender. */
  readonly items: readonly ConsentItem[];
  /** How many people were examined. */
  readonly examined: number;
  /** Of those: the ledger has an opt-out of their number. */
  readonly known: number;
  /** Of those: without a phone that can be read in the formats of the workspace. */
  readonly withoutPhone: number;
  /** Of those: whose phone is one of several numbers, which of them is not known. Nothing is pushed for them. */
  readonly ambiguous: number;
  /** The cursor of the next page; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Reads one page of the people whose opt-out attribute is `true`, and returns the numbers that the ledger has no opt-out of: somebody
 * set them by hand. Only reads.
 *
 * @param page.limit 1 to 1,000 people
 * @throws {JobError}
 */
export async function optedOutByHand(
  {
    ledger,
    api,
  }: { readonly ledger: Pick<Ledger, 'read'>; readonly api: Pick<AppApi, 'pageOfPeople' | 'readPeople'> },
  workspace: WorkspaceConfig,
  senders: readonly string[],
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<OptedOutPage> {
  const { phoneAttribute, attributes, name } = workspace;
  const { cioIds, next } = await api.pageOfPeople(attributeEquals(attributes.sms, 'true'), {
    start: page.cursor ?? '',
    limit: page.limit,
  });
  const people = await api.readPeople(cioIds, [phoneAttribute, attributes.sms]);
  const [phones, counts] = [new Map<E164, number | undefined>(), { known: 0, withoutPhone: 0, ambiguous: 0 }];
  for (const { values, timestamps } of people.values()) {
    // The index may lag behind a change.
    if (values.get(attributes.sms) !== 'true') continue;
    const [phone, ...others] = readPhones(values.get(phoneAttribute) ?? '', workspace);
    if (!phone) counts.withoutPhone += 1;
    else if (await isAnyStopped(ledger, name, [phone, ...others])) counts.known += 1;
    else if (others.length > 0) counts.ambiguous += 1;
    else phones.set(phone, inMs(timestamps.get(attributes.sms)));
  }
  const items = [...phones].flatMap(([phone, at], n) =>
    senders.map((sender) => ({ row: n + 1, phone, sender, at })),
  );
  return { items, examined: people.size, ...counts, next: next === '' ? undefined : next };
}

const inMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1_000;

/** Whether the ledger has an opt-out of one of the numbers, from whatever sender. It sets the attribute of whoever has that number. */
async function isAnyStopped(
  ledger: Pick<Ledger, 'read'>,
  workspace: string,
  phones: readonly E164[],
): Promise<boolean> {
  for (const phone of phones) {
    const entry = await ledger.read({ workspace, channel: 'sms', phone });
    if (entry && [...entry.senders.values()].some(({ state }) => state === 'stopped')) return true;
  }
  return false;
}
