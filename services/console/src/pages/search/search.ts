import {
  findSubjects,
  parseWrittenPhones,
  phonesOfPerson,
  withAppApi,
  type FoundSubjects,
} from '@optout-sync/operations';
import { readWorkspaces, type WorkspaceConfig } from '@optout-sync/shared/config';
import { MessageSid, type Subject } from '@optout-sync/shared/domain';
import type { ConsoleContext } from '../../context';

/** How long a look-up of a person at Customer.io waits for its turn, in ms. */
const PATIENCE_MS = 5_000;
const DEAD_LETTER_ID = /^dl-[0-9a-f]{20}$/;
/** As long as Customer.io's ids may be. */
const CIO_ID = /^[\w.:@+-]{1,150}$/;

/** What a search found. */
export type Hit =
  | { readonly kind: 'message'; readonly messageSid: string }
  | { readonly kind: 'dead_letter'; readonly id: string }
  /** Phones: who is in the ledger, and who could be. */
  | ({ readonly kind: 'people' } & FoundSubjects)
  | { readonly kind: 'nothing' };

/**
 * Finds what somebody typed into the search box: a MessageSid, the id of a dead letter, of a person's page here or of a person at
 * Customer.io, or a phone in any spelling.
 *
 * @throws {OperationError} when Customer.io has to be asked and does not answer
 */
export async function search(context: ConsoleContext, typed: string): Promise<Hit> {
  const text = typed.trim();
  const sid = MessageSid.safeParse(text.slice(0, 2).toUpperCase() + text.slice(2));
  if (sid.success) return { kind: 'message', messageSid: sid.data };
  if (DEAD_LETTER_ID.test(text)) return { kind: 'dead_letter', id: text };
  const subject = context.people.subjectOf(text);
  if (subject) return { kind: 'people', found: [subject], missing: [] };
  const { stores, routes } = context;
  const workspaces = workspacesOf(context);
  const countries = new Set(workspaces.flatMap(({ defaultCountry }) => defaultCountry ?? []));
  const written = parseWrittenPhones(text, [...countries]);
  if (written.phones.length > 0) {
    const names = [...new Set(routes.workspaces.values())];
    return { kind: 'people', ...(await findSubjects(stores, written, names)) };
  }
  return CIO_ID.test(text) ? ofPerson(context, workspaces, text) : { kind: 'nothing' };
}

/** A console without the keys of Customer.io still finds whatever is stored. */
function workspacesOf({ env }: ConsoleContext): WorkspaceConfig[] {
  try {
    return readWorkspaces(env);
  } catch {
    return [];
  }
}

/** The phones of a person at Customer.io. */
async function ofPerson(
  { stores }: ConsoleContext,
  workspaces: readonly WorkspaceConfig[],
  cioId: string,
): Promise<Hit> {
  const found: Subject[] = [];
  const missing: Subject[] = [];
  for (const workspace of workspaces) {
    if (!workspace.access?.appApiKey || workspace.lookup !== 'search') continue;
    const phones = await withAppApi(
      stores,
      workspace,
      (api) => phonesOfPerson(api, workspace, cioId),
      PATIENCE_MS,
    );
    const subjects = await findSubjects(stores, { phones, channel: undefined }, [workspace.name]);
    found.push(...subjects.found);
    missing.push(...subjects.missing);
  }
  return found.length + missing.length === 0 ? { kind: 'nothing' } : { kind: 'people', found, missing };
}
