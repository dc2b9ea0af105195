import type { Assessment } from '@optout-sync/operations';
import { foreign, html, type Html } from '../html/html';
import { page, tableHtml } from '../html/page';
import {
  counted,
  detailedText,
  findingTexts,
  lastWord,
  number,
  provenText,
  reportLines,
  spanText,
  type ReportLine,
} from './report-lines';

/**
 * An assessment as a page to print or send.
 *
 * @param phone shows a phone, masked or whole
 * @param reveal includes what people wrote
 */
export function reportHtml(assessment: Assessment, phone: (text: string) => string, reveal: boolean): string {
  const { counts, summary, accountSid, workspace, nativeListUnknown, numbers } = assessment;
  const { stopped } = summary;
  return page('Opt-outs at Twilio and Customer.io', [
    html`<h1>What people told Twilio, and what Customer.io holds</h1>
      <p class="soft">
        ${spanText(assessment)}, account <code>${accountSid}</code>, workspace ${workspace}.
        ${counted(counts.messages, 'message')} read, ${number(counts.inbound)} of them inbound:
        ${counted(counts.optOuts, 'STOP')}, ${counted(counts.optIns, 'START')},
        ${counted(counts.blockedSends, 'blocked send')}.
      </p>
      <p class="big">${number(stopped.numbers)}</p>
      <p>
        ${stopped.numbers === 1 ? 'number' : 'numbers'} whose last word is
        STOP${provenText(stopped.provenByBlockedSend)}.
      </p> `,
    tableHtml(['', '', '', ''], reportLines(assessment).map(lineHtml)),
    ...(nativeListUnknown === undefined
      ? []
      : [html`<p>Customer.io’s own opt-out list is not known (${nativeListUnknown}).</p>`]),
    html`<h2>${counted(numbers.length, 'number')} with something wrong</h2> `,
    ...(numbers.length === 0
      ? [html`<p>Nothing is wrong in this span.</p>`]
      : [numbersHtml(numbers, phone, reveal)]),
    html`<p class="soft">
      Made by <code>optout-sync assess</code>, which only reads: nothing was changed, and nothing is stored.
      Phone numbers are ${reveal ? 'whole' : 'masked'}.
    </p> `,
  ]);
}

function lineHtml(line: ReportLine): (string | number | Html)[] {
  const { count, of } = line;
  const percent = of === undefined || of === 0 ? undefined : Math.round((count / of) * 100);
  const width = String(percent ?? 0);
  return [
    html`<strong>${number(count)}</strong>`,
    percent === undefined
      ? ''
      : html`<div class="track"><div class="bar" style="width:${width}%"></div></div>`,
    percent === undefined ? '' : `${width} %`,
    detailedText(line),
  ];
}

function numbersHtml(numbers: Assessment['numbers'], phone: (text: string) => string, reveal: boolean): Html {
  const head = ['Number', 'Channel', 'Last word', 'What is wrong', ...(reveal ? ['In their words'] : [])];
  return tableHtml(
    head,
    numbers.map((one) => [
      html`<code>${phone(one.phone)}</code>`,
      one.channel,
      lastWord(one),
      findingTexts(one).join(', '),
      ...(reveal ? [foreign(one.ownWords?.text ?? '')] : []),
    ]),
  );
}
