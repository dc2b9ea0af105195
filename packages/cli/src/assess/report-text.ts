import type { Assessment } from '@optout-sync/operations';
import { painter } from '../frame/colors';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
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

/** How many numbers the text names. */
const EXAMPLES = 8;
const BAR_WIDTH = 20;

type Shown = Pick<Terminal, 'columns' | 'color'>;

/** An assessment for people. @param phone shows a phone, masked or whole */
export function reportText(terminal: Shown, assessment: Assessment, phone: (text: string) => string): string {
  const paint = painter(terminal);
  const { counts, summary, accountSid, workspace, nativeListUnknown } = assessment;
  const { stopped } = summary;
  const said = `${counted(stopped.numbers, 'number')} whose last word is STOP`;
  return [
    paint('bold', 'What people told Twilio, and what Customer.io holds'),
    paint(
      'dim',
      `${spanText(assessment)}, account ${accountSid.slice(0, 6)}…${accountSid.slice(-4)}, workspace ${workspace}`,
    ),
    paint('dim', `${counted(counts.messages, 'message')} read, ${number(counts.inbound)} of them inbound`),
    '',
    paint('bold', said) + provenText(stopped.provenByBlockedSend),
    '',
    ...reportLines(assessment).map((line) => lineText(terminal, line)),
    ...(nativeListUnknown === undefined
      ? []
      : ['', `Customer.io's own opt-out list is not known (${nativeListUnknown}).`]),
    ...examplesText(terminal, assessment, phone),
    '',
    ...closing(assessment),
  ].join('\n');
}

/** `    131  ██████░░░░░░░░░░░░░░  32 %  still subscribed at Customer.io (148 profiles)` */
function lineText(terminal: Shown, line: ReportLine): string {
  const { count, of } = line;
  const paint = painter(terminal);
  const amount = number(count).padStart(7);
  const shown = count > 0 ? paint('red', amount) : paint('green', amount);
  const part = of === undefined || of === 0 ? '' : `${Math.round((count / of) * 100).toString()} %`;
  const filled = of === undefined || of === 0 ? 0 : Math.ceil((count / of) * BAR_WIDTH);
  const bar = of === undefined ? ' '.repeat(BAR_WIDTH) : '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${shown}  ${bar} ${part.padStart(5)}  ${detailedText(line)}`;
}

function examplesText(terminal: Shown, { numbers }: Assessment, phone: (text: string) => string): string[] {
  if (numbers.length === 0) return [];
  const rows = numbers
    .slice(0, EXAMPLES)
    .map((one) => [phone(one.phone), lastWord(one), findingTexts(one).join(', ')]);
  const which =
    numbers.length > EXAMPLES
      ? `The worst ${String(EXAMPLES)} of ${counted(numbers.length, 'number')}; --json, --csv and --html list all:`
      : `${counted(numbers.length, 'number')}:`;
  // Aligned columns fit 80 characters, where a table with borders would not.
  return ['', which, tableText({}, ['number', 'last word', 'what is wrong'], rows)];
}

function closing({ numbers }: Assessment): string[] {
  const found =
    numbers.length === 0
      ? 'Nothing is wrong in this span.'
      : 'What each line means, and how to mend it: docs/assess.md.';
  return [found, 'This only read. Nothing was changed, and nothing is stored.'];
}
