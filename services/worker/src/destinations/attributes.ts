import type { Writer } from '@optout-sync/customerio';
import { e164Spellings, type Channel } from '@optout-sync/shared/domain';
import { stoppedSenders, type Consent, type Destination } from './destination';
import { settleAll, type PersonWriter } from './people';

/** Which attributes are written. */
export interface AttributeNames {
  /** The name of the boolean attribute, by channel. */
  readonly optedOut: Readonly<Record<Channel, string>>;
  /** The name of the attribute that lists the stopped senders; without it none is written. */
  readonly senders: string | undefined;
}

/** Sets the attributes of a person. */
export function personAttributes(write: Writer, names: AttributeNames): PersonWriter {
  return (cioId, consent) =>
    write({
      identifier: { cio_id: cioId },
      attributes: attributesOf(consent, names),
      timestamp: consent.entry.timestamp,
    });
}

/** Sets the attributes of the people who have the number, in one of its spellings, as identifier, without a look-up. */
export function phoneIdentifierAttributes(write: Writer, names: AttributeNames): Destination {
  return async (consent) => {
    const attributes = attributesOf(consent, names);
    const { timestamp } = consent.entry;
    await settleAll(
      e164Spellings(consent.subject.phone).map((phone) =>
        write({ identifier: { phone }, attributes, timestamp }),
      ),
    );
    return undefined;
  };
}

/** Customer.io's limit on the length of a value, in bytes. */
const MAX_VALUE_BYTES = 1_000;

/**
 * The attributes that hold a consent: the boolean and, where it is configured, the stopped senders as comma-separated
 * text (WhatsApp's under its own name). Senders that exceed Customer.io's limit are left out.
 */
function attributesOf(
  { subject, entry, optedOut }: Consent,
  names: AttributeNames,
): Record<string, boolean | string> {
  const attributes: Record<string, boolean | string> = { [names.optedOut[subject.channel]]: optedOut };
  if (names.senders !== undefined) {
    const name = subject.channel === 'sms' ? names.senders : `${subject.channel}_${names.senders}`;
    const senders = stoppedSenders(entry);
    while (Buffer.byteLength(senders.join(',')) > MAX_VALUE_BYTES) senders.pop();
    attributes[name] = senders.join(',');
  }
  return attributes;
}
