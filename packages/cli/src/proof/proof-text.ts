import type { SealedProof } from '@optout-sync/operations';
import { painter } from '../frame/colors';
import { peopleText } from '../frame/people-text';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import {
  KIND_TEXTS,
  TIME_TEXTS,
  outcomeText,
  digestText,
  heldText,
  noteText,
  nowText,
  originText,
  reasonText,
  sentAfterTexts,
  unknownTexts,
} from './proof-words';

type Shown = Pick<Terminal, 'columns' | 'color'>;

/** A proof for people. */
export function proofText(terminal: Shown, { records, digest }: SealedProof): string {
  const paint = painter(terminal);
  const { phone, channel, workspace, customerio } = records;
  const people = customerio.people.length === 0 ? 'nobody' : customerio.people.join(', ');
  return [
    paint('bold', `${phone} (${channel}, workspace ${workspace}) is ${nowText(records)}`),
    `Made ${records.madeAt} by ${records.madeBy}. Times are UTC.`,
    '',
    paint('bold', 'Messages, oldest first'),
    messagesText(terminal, records),
    '',
    paint('bold', 'Versions of the consent, and when Customer.io held them'),
    versionsText(terminal, records),
    '',
    `${heldText(customerio)} It was written to: ${people}.`,
    `Last written ${customerio.writtenAt ?? 'at an unknown time'}, last compared ${customerio.comparedAt ?? 'never'}.`,
    ...laterWritesText(terminal, records),
    '',
    ...sentAfterText(terminal, records),
    '',
    ...unknownTexts(records),
    '',
    `${digest.algorithm} ${digest.value}`,
    digestText(digest),
    '`optout-sync proof --check <file>` verifies a file that --json or --html wrote.',
  ].join('\n');
}

function messagesText(terminal: Shown, { messages, versions }: SealedProof['records']): string {
  return tableText(
    terminal,
    ['message', 'kind', 'sent', 'time is', 'received', 'sender', 'source', 'because', 'outcome', 'note'],
    messages.map((message) => [
      message.messageSid,
      KIND_TEXTS[message.kind],
      message.sentAt,
      TIME_TEXTS[message.sentAtIs],
      message.receivedAt,
      message.sender,
      message.source,
      reasonText(message),
      outcomeText(message, versions),
      noteText(message),
    ]),
  );
}

function versionsText(terminal: Shown, { versions }: SealedProof['records']): string {
  if (versions.length === 0) return 'None is stored.';
  return tableText(
    terminal,
    ['version', 'made', 'by', 'applied', 'by', 'because of'],
    versions.map((one) => [
      one.version,
      one.madeAt,
      originText(one.madeBy),
      one.appliedAt ?? 'not applied',
      one.appliedAt === null ? '' : originText(one.appliedBy),
      one.cause === 'merge' ? 'another spelling of the number' : one.messageSid,
    ]),
  );
}

function sentAfterText(terminal: Shown, records: SealedProof['records']): string[] {
  const { messages = [] } = records.sentAfter ?? {};
  const head = ['message', 'sent', 'status', 'sender', 'opted out by', 'relation'];
  const rows = messages.map((one) => [
    one.messageSid,
    one.sentAt,
    one.status,
    one.sender,
    one.optOut,
    one.relation,
  ]);
  return [
    painter(terminal)('bold', 'Sent after an opt-out'),
    ...sentAfterTexts(records),
    ...(rows.length === 0 ? [] : [tableText(terminal, head, rows)]),
  ];
}

function laterWritesText(terminal: Shown, { laterWrites }: SealedProof['records']): string[] {
  if (laterWrites.length === 0) return [];
  const rows = laterWrites.map(({ at, value, kind, ...written }) => [
    at,
    String(value),
    kind,
    peopleText(written, ' '),
  ]);
  return [
    '',
    painter(terminal)('bold', 'Written later, by comparisons'),
    tableText(terminal, ['at', 'value', 'because', 'profiles'], rows),
  ];
}
