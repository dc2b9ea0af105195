import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import type { StudioKeys } from '../routes/studio/authenticate';

export const TOKEN = '0123456789abcdef0123456789abcdef';

/** The simulator's account with these tokens. */
export function keysWith(...tokens: string[]): StudioKeys {
  return { accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens }]]), publicUrl: undefined, studioTokens: [] };
}
