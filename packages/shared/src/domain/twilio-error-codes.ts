import type { ErrorCodeDefinition } from './error-code-definition';

const REPLAY_AFTER_RECOVERY = 'Replay once the cause is removed.';
const NOTHING = 'Nothing.';

/** The error codes of jobs that write opt-outs to Twilio's own list. */
export const TWILIO_ERROR_CODES = {
  twilio_consent_refused: {
    meaning: "Twilio's Consents API refused the opt-out or opt-in of one number, as with its error 30646.",
    remedy: 'See the message, replay once the cause is removed.',
    ends: 'dead_letter',
  },
  twilio_sender_refused: {
    meaning:
      "Twilio's Consents API refused one of your senders, as one that was deleted; the other senders have the opt-out.",
    remedy:
      'Remove the sender that the message names from `services` or `numbers` of its account, restart the workers, replay.',
    ends: 'dead_letter',
  },
  twilio_sender_unknown: {
    meaning: 'An opt-out for Twilio, of a sender that none of the accounts of its workspace names.',
    remedy: 'Add the sender to `services` or `numbers` of its account, restart the workers, replay.',
    ends: 'dead_letter',
  },
  twilio_refused: {
    meaning: "Twilio's Consents API answered 4xx.",
    remedy: 'See the message and the status of the attempts; replay once the cause is removed.',
    ends: 'dead_letter',
  },
  twilio_unreachable: {
    meaning: 'Twilio did not answer in time, or answered 5xx, for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  twilio_answer_not_understood: {
    meaning: 'Twilio answered in an unknown form for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  twilio_unauthorized: {
    meaning: 'Twilio rejected the API key, or its right to write consents.',
    remedy: 'Correct the key and restart the workers.',
    ends: 'waits',
  },
  twilio_rate_limited: {
    meaning: 'Twilio answered 429.',
    remedy: NOTHING,
    ends: 'waits',
  },
} as const satisfies Record<string, ErrorCodeDefinition>;
