import type { Channel, E164 } from './phone';

/** Whose consent: one phone number on one channel, in one Customer.io workspace. */
export interface Subject {
  readonly workspace: string;
  readonly channel: Channel;
  readonly phone: E164;
}

/** The workspace's name where only one is configured. */
export const DEFAULT_WORKSPACE = 'default';

/**
 * The workspace that a message belongs to, by its account and the sender that it was sent to, as the ledger spells it; `undefined`
 * for an account that is not configured. Without a sender, the workspace of the account's other senders.
 */
export type WorkspaceOf = (accountSid: string, sender: string | undefined) => string | undefined;
