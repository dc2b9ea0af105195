import type { SealedProof } from '@optout-sync/operations';
import { escapeControls } from '@optout-sync/shared/domain';
import { peopleText } from '../frame/people-text';
import { Html, foreign, html } from '../html/html';
import { page, tableHtml } from '../html/page';
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

/**
 * A proof as a page to print. It holds its records as data too, so that it can be checked; the same proof always makes the same page.
 */
export function proofHtml(sealed: SealedProof): string {
  const { records, digest } = sealed;
  const { phone, channel, workspace, customerio, policy } = records;
  const title = `Opt-out record of ${phone}`;
  return page(
    title,
    [
      html`<h1>${title}</h1>
        <p class="soft">
          ${channel}, workspace ${workspace}. Made ${records.madeAt} by ${records.madeBy}. All times are UTC.
        </p>
        <div class="box">
          <strong>The number is ${nowText(records)}.</strong><br />
          ${heldText(customerio)} Policy over several senders: ${policy}.
        </div>
        <h2>By sender</h2> `,
      tableHtml(
        ['Sender', 'State', 'Since', 'Because', 'Decided by'],
        records.senders.map(({ sender, state, since, decidedBy, reason }) => [
          code(sender),
          state,
          since,
          foreign(reasonText({ reason })),
          code(decidedBy),
        ]),
      ),
      html`<h2>Messages, oldest first</h2> `,
      messagesHtml(records),
      html`<h2>When each change reached Customer.io</h2> `,
      versionsHtml(records),
      html`<h2>Profiles</h2>
        <p>
          ${writtenHtml(customerio)} Last written ${customerio.writtenAt ?? 'at an unknown time'}, last
          compared ${customerio.comparedAt ?? 'never'}.
        </p> `,
      ...laterWritesHtml(records),
      ...sentAfterHtml(records),
      html`<h2>What these records do not say</h2>
        <ul>
          ${unknownTexts(records).map((text) => html`<li>${text}</li>`)}
        </ul>
        <div class="box">
          <strong>${digest.algorithm}</strong> <code>${digest.value}</code><br />${digestText(digest)}
          <code>optout-sync proof --check</code> with this file verifies it.
        </div> `,
    ],
    dataHtml(sealed),
  );
}

const code = (text: string): Html => html`<code>${foreign(text)}</code>`;

/** Whom the version that Customer.io holds was written to. */
function writtenHtml({ appliedVersion, people }: SealedProof['records']['customerio']): Html {
  if (appliedVersion === 0) return html`No version has been written.`;
  if (people.length === 0) return html`Version ${appliedVersion} was written to nobody.`;
  return html`Version ${appliedVersion} was written to these profiles (cio_id):
  ${people.map((id) => html`<code>${id}</code> `)}`;
}

function messagesHtml({ messages, versions }: SealedProof['records']): Html {
  return tableHtml(
    ['Message', 'Kind', 'Sent', 'Received', 'Sender', 'Source', 'Because', 'Outcome', 'Note'],
    messages.map((message) => [
      code(message.messageSid),
      KIND_TEXTS[message.kind],
      html`${message.sentAt}<br /><span class="soft">${TIME_TEXTS[message.sentAtIs]}</span>`,
      message.receivedAt,
      code(message.sender),
      message.source,
      foreign(reasonText(message)),
      outcomeText(message, versions),
      foreign(noteText(message)),
    ]),
  );
}

function versionsHtml({ versions }: SealedProof['records']): Html {
  if (versions.length === 0) return html`<p>None is stored.</p>`;
  return tableHtml(
    ['Version', 'Made', 'By', 'At Customer.io', 'By', 'Because of'],
    versions.map((one) => [
      one.version,
      one.madeAt,
      originText(one.madeBy),
      one.appliedAt ?? 'not applied',
      one.appliedAt === null ? '' : originText(one.appliedBy),
      one.cause === 'merge' ? 'another spelling of the number' : code(one.messageSid),
    ]),
  );
}

function sentAfterHtml(records: SealedProof['records']): Html[] {
  const { messages = [] } = records.sentAfter ?? {};
  const rows = messages.map((one) => [
    code(one.messageSid),
    one.sentAt,
    foreign(one.status),
    code(one.sender),
    code(one.optOut),
    one.relation,
  ]);
  return [
    html`<h2>Sent after an opt-out</h2>
      <ul>
        ${sentAfterTexts(records).map((text) => html`<li>${text}</li>`)}
      </ul> `,
    ...(rows.length === 0
      ? []
      : [tableHtml(['Message', 'Sent', 'Status', 'Sender', 'Opted out by', 'Relation'], rows)]),
  ];
}

function laterWritesHtml({ laterWrites }: SealedProof['records']): Html[] {
  if (laterWrites.length === 0) return [];
  return [
    html`<h2>Written later, by comparisons</h2> `,
    tableHtml(
      ['At', 'Value', 'Because', 'Profiles'],
      laterWrites.map(({ at, value, kind, ...written }) => [
        at,
        String(value),
        kind,
        peopleText(written, ' '),
      ]),
    ),
  ];
}

const OPEN = '<script type="application/json" id="proof">';
const CLOSE = '</script>';

/** The records as data: nothing in them can end the element. */
function dataHtml(sealed: SealedProof): Html {
  const json = escapeControls(JSON.stringify(sealed)).replaceAll('<', '\\u003c');
  return new Html(`${OPEN}${json}${CLOSE}`);
}

/** Returns the data of a page; undefined for another page. */
export function dataOfPage(text: string): string | undefined {
  const start = text.lastIndexOf(OPEN);
  const end = text.indexOf(CLOSE, start);
  return start < 0 || end < 0 ? undefined : text.slice(start + OPEN.length, end);
}
