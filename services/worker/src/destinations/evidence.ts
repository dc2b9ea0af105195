import type { EvidenceAttributes } from '@optout-sync/shared/config';
import type { ConsentPolicy } from '@optout-sync/shared/domain';
import { messageReason, openingMessage, standingConsent } from '@optout-sync/shared/ledger';
import type { Consent } from './destination';

type Value = string | number;

/**
 * The evidence of a consent, by the names of its attributes: since when it stands, in Unix seconds as Customer.io's segments compare
 * times, by which reason, which keyword, and with which of our senders. It is that of the message that began the state, not of one
 * that repeated it. What is not known is '', so that nothing of an earlier state stays.
 *
 * @param policy decides which sender's message it is, where there are several
 */
export function evidenceOf(
  { entry }: Consent,
  names: EvidenceAttributes,
  policy: ConsentPolicy,
): Record<string, Value> {
  const standing = standingConsent(entry.senders, policy);
  const message = standing && openingMessage(entry, ...standing);
  const evidence: Record<keyof EvidenceAttributes, Value> = {
    at: standing ? Math.floor(standing[1].since / 1_000) : '',
    reason: (message && messageReason(message)) ?? '',
    keyword: message?.note?.keyword ?? '',
    sender: message?.sender ?? standing?.[0] ?? '',
  };
  return Object.fromEntries(
    Object.entries(names).map(([part, name]) => [name, evidence[part as keyof EvidenceAttributes]]),
  );
}
