import type { ProofRecords, SealedProof } from '@optout-sync/operations';
import { REASON_TEXTS, Reason } from '@optout-sync/shared/domain';

type Message = ProofRecords['messages'][number];
type Version = ProofRecords['versions'][number];

/*
 * The words of a proof, the same in text and on the page.
 */

export const KIND_TEXTS: Readonly<Record<Message['kind'], string>> = {
  stop: 'STOP',
  start: 'START',
  help: 'HELP',
  review: 'for review',
  blocked_send: 'blocked send',
};

export const TIME_TEXTS: Readonly<Record<Message['sentAtIs'], string>> = {
  twilio: "Twilio's time",
  arrival: 'time of arrival',
  operator: 'entered by hand',
  import: 'as imported',
};

/** `opted out since 2026-02-25T09:59:58.000Z` */
export function nowText({ now }: ProofRecords): string {
  if (!now) return 'neither opted out nor in';
  return `${now.state === 'stopped' ? 'opted out' : 'opted in'} since ${now.since}`;
}

/** Why. '' for a message that changes no consent, and where an earlier release made the proof; the name itself for one of a later release. */
export function reasonText({ reason = '' }: { readonly reason?: string | undefined }): string {
  const known = Reason.safeParse(reason);
  return known.success ? REASON_TEXTS[known.data] : reason;
}

/** What became of a message: when Customer.io held what it changed, or which version it confirmed. */
export function outcomeText(message: Message, versions: readonly Version[]): string {
  const { outcome, ledgerVersion, messageSid } = message;
  if (outcome !== 'applied') return outcome.replace('_', ' ');
  const version = versions.find((one) => one.version === ledgerVersion);
  if (version && version.messageSid !== messageSid) return `confirms version ${String(ledgerVersion)}`;
  return version?.appliedAt == null ? 'applied, time not stored' : `applied ${version.appliedAt}`;
}

/** Which version Customer.io holds. */
export function heldText({ presentVersion, appliedVersion }: ProofRecords['customerio']): string {
  if (presentVersion === 0) return 'Nothing was to be written to Customer.io.';
  return `Customer.io holds version ${String(appliedVersion)} of ${String(presentVersion)} of the consent.`;
}

/** `worker 1.4.0, configuration 3f2a9c01` */
export function originText(origin: Version['appliedBy']): string {
  return origin ? `${origin.build}, configuration ${origin.configuration}` : 'not stored';
}

/** Who entered a message by hand, why, and which rule matched. */
export function noteText({ note }: Message): string {
  if (!note) return '';
  const { by, why, rule } = note;
  return [by && `by ${by}`, why, rule && `rule ${rule}`].filter(Boolean).join('; ');
}

/** What the digest shows, and what it does not. */
export function digestText({ algorithm }: SealedProof['digest']): string {
  return algorithm === 'SHA-256'
    ? 'This digest has no key: it shows an accidental change, but whoever changes the records on purpose can compute it anew.'
    : 'This digest is an HMAC with the key PROOF_KEY: without that key nobody can change the records and compute it anew.';
}

/** `The message log of AC... was compared from ... to ...: no message was sent after the opt-out.` */
export function sentAfterTexts({ sentAfter }: ProofRecords): string[] {
  if (!sentAfter || sentAfter.checked.length === 0) {
    return [
      "Whether messages were sent after an opt-out was not checked: Twilio's message log was not read.",
    ];
  }
  const { checked, messages } = sentAfter;
  return [
    messages.length === 0
      ? 'No message that was sent after an opt-out was found.'
      : `${String(messages.length)} messages that were sent after an opt-out were found.`,
    ...checked.map(
      ({ account, since, until }) =>
        `The message log of ${account} was compared from ${since} to ${until}; what was sent before or after that was not.`,
    ),
    'The one confirmation within five minutes, messages that Twilio blocked, and answers to a HELP are not among them.',
  ];
}

/** What the records do not say. */
export function unknownTexts(records: ProofRecords): string[] {
  const { messages, versions, customerio, laterWrites } = records;
  const known = new Set(versions.map(({ version }) => version));
  const isOld = ({ ledgerVersion, outcome, messageSid }: Message): boolean =>
    outcome === 'applied' && !known.has(ledgerVersion) && !isErased(messageSid);
  const texts: readonly (readonly [applies: boolean, text: string])[] = [
    [true, "The texts of messages are not stored. Twilio's message log has them under the SIDs."],
    [
      messages.some(({ sentAtIs }) => sentAtIs === 'arrival'),
      'A webhook does not say when the message was sent: "time of arrival" is when it reached this system.',
    ],
    [
      customerio.appliedVersion > 1,
      `The profiles are those that version ${String(customerio.appliedVersion)} was written to. Those of earlier versions are not stored.`,
    ],
    [
      messages.some(isOld),
      'Of versions that earlier releases made, neither the time nor software and configuration are stored.',
    ],
    [laterWrites.length > 0, 'Of later writes the latest are stored.'],
    [true, completenessText(records)],
  ];
  return texts.filter(([applies]) => applies).map(([, text]) => text);
}

/** Which messages are no longer stored. */
function completenessText({ messages, pruned }: ProofRecords): string {
  if (messages.some(({ messageSid }) => isErased(messageSid))) {
    return 'What was stored of this number was erased. Of an opt-out of before remain the sender and since when: rows whose SID begins with ER.';
  }
  return pruned
    ? `${String(pruned.count)} older messages are no longer stored. The first of them was removed at ${pruned.since}.`
    : 'No message of this number was removed: the list is complete.';
}

/** Erasing a person replaces the SIDs of what remains. */
const isErased = (messageSid: string): boolean => messageSid.startsWith('ER');
