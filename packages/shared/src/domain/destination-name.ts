import { z } from 'zod';

/**
 * The optional destinations, which are written after the attribute, each by jobs of its own:
 *
 * - `native`: Customer.io's own list of opt-outs by sender
 * - `campaign`: a webhook-triggered campaign, in a workspace that has API keys too
 * - `events`: an event of each person with the number, for each message that decides
 * - `twilio_consents`: Twilio's own list of opt-outs, for those that Twilio did not block itself
 */
export const DestinationName = z.enum(['native', 'campaign', 'events', 'twilio_consents']);
export type DestinationName = z.infer<typeof DestinationName>;
