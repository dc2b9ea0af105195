import type { Channel, E164 } from './phone';

/** Whose consent: one phone on one channel, as one Customer.io workspace sees it. */
export interface Subject {
  readonly workspace: string;
  readonly channel: Channel;
  readonly phone: E164;
}

/** The name of the workspace where only one is configured. */
export const DEFAULT_WORKSPACE = 'default';
