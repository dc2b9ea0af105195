import type { Routes } from '@optout-sync/shared/config';
import type { Channel, Subject } from '@optout-sync/shared/domain';
import { accountOf, overrideTarget } from '../accounts';
import { requireAuthor, type Author } from '../audit/author';
import { parsePerson, parseSenderTo } from '../optouts/subject';
import type { Stores } from '../stores';
import { overrideConsent, type Override } from './override';

/** An override whose account, phone and sender have been checked. */
export interface OverrideRequest {
  readonly accountSid: string;
  readonly subject: Subject;
  readonly sender: string;
  readonly state: Override['state'];
  /** Missing for an operator. */
  readonly reason?: Override['reason'];
}

/**
 * Checks an override as an operator enters it.
 *
 * @throws {OperationError} for a phone, channel, sender or account that is not valid
 */
export function parseOverride(
  routes: Routes,
  input: {
    readonly phone: string;
    readonly sender: string;
    readonly state: Override['state'];
    readonly channel?: Channel | undefined;
    readonly account?: string | undefined;
  },
): OverrideRequest {
  const person = parsePerson(input.phone, input.channel);
  const { state } = input;
  const sender = parseSenderTo(person, input.sender);
  const { accountSid, workspace } = overrideTarget(routes, input.account, sender);
  return { accountSid, subject: { workspace, ...person }, sender, state };
}

/**
 * Checks an override of a known subject.
 *
 * @throws {OperationError} for a sender that is not valid, `account_unknown` when no account reports to the workspace
 */
export function overrideOf(
  routes: Routes,
  subject: Subject,
  given: Pick<OverrideRequest, 'sender' | 'state'>,
): OverrideRequest {
  const sender = parseSenderTo(subject, given.sender);
  return { accountSid: accountOf(routes, subject.workspace, sender), subject, sender, state: given.state };
}

/**
 * Carries an override out; see `overrideConsent`, also for `once`.
 *
 * @returns the MessageSid of its event
 * @throws {OperationError} `who_missing`, `override_invalid`
 */
export async function applyOverride(
  stores: Pick<Stores, 'queues' | 'audit' | 'ledger'>,
  { subject, accountSid, ...request }: OverrideRequest,
  author: Partial<Author>,
  once?: string,
): Promise<string> {
  const { by, why } = requireAuthor(author);
  const { channel, phone } = subject;
  const override = { accountSid, channel, phone, ...request, by, why };
  return (await overrideConsent(stores, override, once)).messageSid;
}
