import type { EventWriter } from '@optout-sync/customerio';
import { messageReason, progressOf } from '@optout-sync/shared/ledger';
import { derivedUlid } from '../lib/derived-ulid';
import { decidingWords, type DecidingWord } from './deciding-words';
import type { Consent } from './destination';
import type { OptionalDestination } from './optional-destination';
import { settleAll } from './people';

const NAME = 'events';

/**
 * An event of everyone whom the attribute was written to, for every message since the applied version that decides for its sender:
 * `sms_opted_out`, `sms_opted_in`, and the same of WhatsApp. It says what the person did, not what holds over all senders. Who gets
 * the number later has no event.
 *
 * Each has an id of its own by version and person, by which Customer.io drops one that is sent again. Nobody is created: people are
 * named by cio_id, as the search found them.
 */
export function consentEvents(write: EventWriter): OptionalDestination {
  return {
    toPeople: false,
    isBehind: (entry) => progressOf(entry, NAME).appliedVersion < entry.appliedVersion,
    async write(consent, mark) {
      const { entry } = consent;
      const versions = { after: progressOf(entry, NAME).appliedVersion, upTo: entry.appliedVersion };
      const events = decidingWords(entry, versions).flatMap((word) =>
        entry.people.map((cioId) => write(eventOf(consent, word, cioId))),
      );
      await settleAll(events);
      await mark({ appliedVersion: entry.appliedVersion });
    },
  };
}

function eventOf(
  { subject, optedOut }: Consent,
  word: DecidingWord,
  cioId: string,
): Parameters<EventWriter>[0] {
  const { version, state, messageSid, occurredAt, sender, event } = word;
  const reason = event && messageReason(event);
  const keyword = event?.note?.keyword;
  return {
    cioId,
    id: derivedUlid(occurredAt, [cioId, messageSid, version].join(' ')),
    name: `${subject.channel}_opted_${state === 'stopped' ? 'out' : 'in'}`,
    timestamp: Math.floor(occurredAt / 1_000),
    attributes: {
      message_sid: messageSid,
      sender,
      ...(reason !== undefined && { reason }),
      ...(keyword !== undefined && { keyword }),
      opted_out: optedOut,
    },
  };
}
