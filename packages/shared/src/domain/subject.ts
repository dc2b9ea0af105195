import type { Channel, E164 } from './phone';

/** Whose consent: one phone number on one channel, in one Customer.io workspace. */
export interface Subject {
  readonly workspace: string;
  readonly channel: Channel;
  readonly phone: E164;
}

/** The workspace's name where only one is configured. */
export const DEFAULT_WORKSPACE = 'default';

/** The workspace that an account's people are in; `undefined` for an account that is not configured. */
export type WorkspaceOf = (accountSid: string) => string | undefined;
