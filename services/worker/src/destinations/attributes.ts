import type { Writer } from '@optout-sync/customerio';
import { channelName, type EvidenceAttributes } from '@optout-sync/shared/config';
import { e164Spellings, type Channel, type ConsentPolicy } from '@optout-sync/shared/domain';
import { stoppedSenders, type Consent, type Destination } from './destination';
import { evidenceOf } from './evidence';
import { settleAll, type PersonWriter } from './people';

/** Which attributes are written. */
export interface AttributeNames {
  /** The name of the boolean attribute, by channel. */
  readonly optedOut: Readonly<Record<Channel, string>>;
  /** The name of the attribute that lists the stopped senders; without it none is written. */
  readonly senders: string | undefined;
  /** The names of the attributes with the evidence, and the policy that it is chosen by; without it none is written. */
  readonly evidence?: { readonly names: EvidenceAttributes; readonly policy: ConsentPolicy } | undefined;
}

/** Sets the attributes of a person. */
export function personAttributes(write: Writer, names: AttributeNames): PersonWriter {
  return async (cioId, consent) => {
    const attributes = attributesOf(consent, names);
    if (!attributes) return;
    await write({ identifier: { cio_id: cioId }, attributes, timestamp: consent.entry.timestamp });
  };
}

/** Sets the attributes of the people who have the number, in one of its spellings, as identifier, without a look-up. */
export function phoneIdentifierAttributes(write: Writer, names: AttributeNames): Destination {
  return async (consent) => {
    const attributes = attributesOf(consent, names);
    const { timestamp } = consent.entry;
    if (!attributes) return undefined;
    await settleAll(
      e164Spellings(consent.subject.phone).map((phone) =>
        write({ identifier: { phone }, attributes, timestamp }),
      ),
    );
    return undefined;
  };
}

type AttributeValues = Record<string, boolean | string | number>;

/** Customer.io's limit on the length of a value, in bytes. */
const MAX_VALUE_BYTES = 1_000;

/**
 * The attributes that hold a consent: the boolean and, where they are configured, its evidence, and the stopped senders as
 * comma-separated text (WhatsApp's under its own name). Senders that exceed Customer.io's limit are left out. `undefined` where
 * there is nothing to write.
 */
function attributesOf(consent: Consent, names: AttributeNames): AttributeValues | undefined {
  const { subject, entry, optedOut } = consent;
  const { channel } = subject;
  const attributes: AttributeValues = {};
  if (optedOut || !hasNewStopsOnly(entry)) {
    attributes[names.optedOut[channel]] = optedOut;
    const evidence = names.evidence && evidenceOf(consent, names.evidence.names, names.evidence.policy);
    for (const [name, value] of Object.entries(evidence ?? {}))
      attributes[channelName(name, channel)] = value;
  }
  if (names.senders !== undefined) {
    const name = channelName(names.senders, channel);
    const senders = stoppedSenders(entry);
    while (Buffer.byteLength(senders.join(',')) > MAX_VALUE_BYTES) senders.pop();
    attributes[name] = senders.join(',');
  }
  return Object.keys(attributes).length > 0 ? attributes : undefined;
}

/**
 * Whether all that Customer.io does not hold yet are opt-outs. Under the policy `last` a number may stay opted in with one that
 * arrives late; that opts nobody in, such as somebody who got the number since.
 */
function hasNewStopsOnly({ appliedVersion, history }: Consent['entry']): boolean {
  const unapplied = history.filter(
    ({ version, outcome, kind }) =>
      version > appliedVersion &&
      (outcome === 'pending' || outcome === 'dead_lettered') &&
      (kind === 'stop' || kind === 'start'),
  );
  return unapplied.length > 0 && unapplied.every(({ kind }) => kind === 'stop');
}
