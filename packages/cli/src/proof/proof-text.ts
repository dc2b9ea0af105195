import type { SealedProof } from '@optout-sync/operations';
import { painter } from '../frame/colors';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import {
  KIND_TEXTS,
  TIME_TEXTS,
  appliedText,
  digestText,
  noteText,
  nowText,
  originText,
  unknownTexts,
} from './proof-words';

/** A proof for people. */
export function proofText(
  terminal: Pick<Terminal, 'columns' | 'color'>,
  { records, digest }: SealedProof,
): string {
  const paint = painter(terminal);
  const { phone, channel, workspace, messages, versions, customerio, laterWrites } = records;
  const people = customerio.people.length === 0 ? 'nobody' : customerio.people.join(', ');
  return [
    paint('bold', `${phone} (${channel}, workspace ${workspace}) is ${nowText(records)}`),
    `Made ${records.madeAt} by ${records.madeBy}. Times are UTC.`,
    '',
    paint('bold', 'Messages, oldest first'),
    tableText(
      terminal,
      ['message', 'kind', 'sent', 'time is', 'received', 'sender', 'source', 'outcome', 'note'],
      messages.map((message) => [
        message.messageSid,
        KIND_TEXTS[message.kind],
        message.sentAt,
        TIME_TEXTS[message.sentAtIs],
        message.receivedAt,
        message.sender,
        message.source,
        appliedText(message, versions),
        noteText(message),
      ]),
    ),
    '',
    paint('bold', 'Versions of the consent, and when Customer.io held them'),
    versions.length === 0
      ? 'None is stored.'
      : tableText(
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
        ),
    '',
    `Customer.io holds version ${String(customerio.appliedVersion)} of ${String(customerio.presentVersion)} of it, written to: ${people}`,
    `Last written ${customerio.writtenAt ?? 'at an unknown time'}, last compared ${customerio.comparedAt ?? 'never'}.`,
    ...(laterWrites.length === 0
      ? []
      : [
          '',
          paint('bold', 'Written later, by comparisons'),
          tableText(
            terminal,
            ['at', 'value', 'because', 'profiles'],
            laterWrites.map(({ at, value, kind, people: all, total }) => [
              at,
              String(value),
              kind,
              all.join(' ') + (total > all.length ? ` and ${String(total - all.length)} more` : ''),
            ]),
          ),
        ]),
    '',
    ...unknownTexts(records),
    '',
    `${digest.algorithm} ${digest.value}`,
    digestText(digest),
    '`optout-sync proof --check <file>` verifies a file that --json or --html wrote.',
  ].join('\n');
}
