import type { ErrorCodeDefinition } from './error-code-definition';

/** The error codes of what ingest stores as a dead letter: messages, events and spool items that become no job. */
export const INGEST_ERROR_CODES = {
  account_not_proven: {
    meaning: 'An inbound event of another account than the one that signed its batch.',
    remedy: 'Replay it if the account is yours and you trust the event.',
    ends: 'dead_letter',
  },
  message_not_understood: {
    meaning: 'A signed message that could not be parsed.',
    remedy: 'Show it and act by hand: it cannot be replayed.',
    ends: 'dead_letter',
  },
  message_ambiguous: {
    meaning: 'A signed message whose text could be that of another message; it changes nothing.',
    remedy: 'Compare it with the message at Twilio and act by hand: it cannot be replayed.',
    ends: 'dead_letter',
  },
  message_sids_differ: {
    meaning: 'A signed opt-in whose SIDs are not the same; it changes nothing.',
    remedy: 'Compare it with the message at Twilio and act by hand: it cannot be replayed.',
    ends: 'dead_letter',
  },
  not_a_phone_number: {
    meaning: 'A keyword from an address that is not a phone number.',
    remedy: 'If you know the phone of the person, `dlq resolve` replays it.',
    ends: 'dead_letter',
  },
  unknown_channel: {
    meaning: 'A keyword on a channel other than SMS, MMS, RCS and WhatsApp.',
    remedy: 'Show it and act by hand: it cannot be replayed.',
    ends: 'dead_letter',
  },
  spool_item_refused: {
    meaning: 'Redis accepted other writes of the spool for a minute, but not this one.',
    remedy: 'Replay.',
    ends: 'dead_letter',
  },
  spool_item_unreadable: {
    meaning: 'An item of the spool in a form that this ingest cannot parse, such as after a downgrade.',
    remedy: 'Show it and act by hand.',
    ends: 'dead_letter',
  },
} as const satisfies Record<string, ErrorCodeDefinition>;
