import type { AppApi } from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { JobError, isSamePhone, phoneSpellings, type Channel, type E164 } from '@optout-sync/shared/domain';

/** Somebody who has a number at Customer.io. */
export interface Profile {
  readonly cioId: string;
  /** Whether the opt-out attribute of each channel is `true`. */
  readonly optedOut: Readonly<Record<Channel, boolean>>;
}

/** Nobody's: reserved for fiction. */
const NOBODY = '+12025550100';

/**
 * Searches for a number that nobody has. It shows that Customer.io answers this key before a long log is read, and also where the log
 * has no number to look up: that nothing is wrong can be said only by somebody who was answered.
 *
 * @throws {JobError}
 */
export async function askForNobody(
  api: Pick<AppApi, 'findSomePeople'>,
  { phoneAttribute }: WorkspaceConfig,
): Promise<void> {
  await api.findSomePeople(phoneAttribute, [NOBODY]);
}

/** Phones in one search: fewer conditions than any search that Customer.io has been seen to refuse. */
const MAX_PHONES = 50;

/**
 * Looks up who has which number: one search for up to 50 phones, and one request for each 100 people found. A search that is refused,
 * that finds too many people, or somebody whose number is not one of those searched for, is repeated in halves.
 *
 * @param onFound is called with the number of phones that were looked up
 * @returns the profiles of each phone; none for a phone that nobody has
 * @throws {JobError}
 */
export async function lookUpProfiles(
  api: Pick<AppApi, 'findPeople' | 'findSomePeople' | 'readPeople'>,
  workspace: WorkspaceConfig,
  phones: readonly E164[],
  onFound: (phones: number) => void,
): Promise<Map<E164, Profile[]>> {
  const found = new Map<E164, Profile[]>();
  const searchable = phones.filter((phone) => phoneSpellings(phone, workspace).length > 0);
  const parts = Array.from({ length: Math.ceil(searchable.length / MAX_PHONES) }, (_, n) =>
    searchable.slice(n * MAX_PHONES, (n + 1) * MAX_PHONES),
  );
  for (;;) {
    const part = parts.shift();
    if (!part) return found;
    const profiles = await searchTogether(api, workspace, part);
    if (profiles) for (const [phone, all] of profiles) found.set(phone, all);
    else parts.unshift(part.slice(0, Math.ceil(part.length / 2)), part.slice(Math.ceil(part.length / 2)));
    onFound(found.size);
  }
}

type Api = Parameters<typeof lookUpProfiles>[0];

/** Returns the profiles of each phone; `undefined` where the phones have to be divided. */
async function searchTogether(
  api: Api,
  workspace: WorkspaceConfig,
  phones: readonly E164[],
): Promise<Map<E164, Profile[]> | undefined> {
  const spellings = [...new Set(phones.flatMap((phone) => phoneSpellings(phone, workspace)))];
  const cioIds = await search(api, workspace.phoneAttribute, spellings, phones.length === 1);
  if (!cioIds) return undefined;
  const { phoneAttribute, attributes } = workspace;
  const people = await api.readPeople(cioIds, [phoneAttribute, attributes.sms, attributes.whatsapp]);
  const profiles = new Map(phones.map((phone): [E164, Profile[]] => [phone, []]));
  for (const [cioId, { values }] of people) {
    const optedOut = {
      sms: values.get(attributes.sms) === 'true',
      whatsapp: values.get(attributes.whatsapp) === 'true',
    };
    // A search for one phone needs no telling apart.
    const stored = values.get(phoneAttribute) ?? '';
    const having =
      phones.length === 1 ? phones : phones.filter((phone) => isSamePhone(stored, phone, workspace));
    if (having.length === 0) return undefined;
    for (const phone of having) profiles.get(phone)?.push({ cioId, optedOut });
  }
  return profiles;
}

async function search(
  api: Api,
  field: string,
  spellings: readonly string[],
  isSingle: boolean,
): Promise<readonly string[] | undefined> {
  if (isSingle) return api.findPeople(field, spellings);
  try {
    const { cioIds, complete } = await api.findSomePeople(field, spellings);
    return complete ? cioIds : undefined;
  } catch (error) {
    if (error instanceof JobError && error.kind === 'rejected') return undefined;
    throw error;
  }
}
