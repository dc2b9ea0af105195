import { e164Spellings, type E164 } from '../domain/phone';
import type { DeadLetter } from './dead-letter';

/** Returns a dead letter with the canonical spelling of its phones. An earlier version stored the one that Twilio sent. */
export function withCanonicalPhones(deadLetter: DeadLetter): DeadLetter {
  const { undone } = deadLetter;
  switch (undone.type) {
    case 'event':
      return { ...deadLetter, undone: { ...undone, event: withCanonicalPhone(undone.event) } };
    case 'sync':
      return { ...deadLetter, undone: { ...undone, request: withCanonicalPhone(undone.request) } };
    case 'destination':
      return { ...deadLetter, undone: { ...undone, request: withCanonicalPhone(undone.request) } };
    case 'people': {
      const people = undone.change.people.map(withBothCanonical);
      return { ...deadLetter, undone: { ...undone, change: { ...undone.change, people } } };
    }
    case 'forward':
    case 'raw':
      return deadLetter;
    default:
      // One of a newer version.
      undone satisfies never;
      return deadLetter;
  }
}

function withCanonicalPhone<Payload extends { readonly phone: E164 }>(payload: Payload): Payload {
  return { ...payload, phone: e164Spellings(payload.phone)[0] };
}

function withBothCanonical<
  Person extends { readonly phone: E164; readonly previousPhone?: E164 | undefined },
>(person: Person): Person {
  const { previousPhone } = person;
  return {
    ...withCanonicalPhone(person),
    ...(previousPhone !== undefined && { previousPhone: e164Spellings(previousPhone)[0] }),
  };
}
