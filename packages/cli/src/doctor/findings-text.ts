import { AREAS, type Area, type Finding } from '@optout-sync/operations';
import { painter } from '../frame/colors';
import type { Terminal } from '../frame/terminal';

/** The areas as people read them. */
export const AREA_TITLES = {
  configuration: 'Configuration',
  redis: 'Redis',
  queues: 'Queues and ledger',
  customerio: 'Customer.io',
  twilio: 'Twilio',
  webhooks: 'Webhooks at Twilio',
  public_url: 'Public URL',
} as const satisfies Record<Area, string>;

const COLORS = { ok: 'green', skipped: 'dim', warning: 'yellow', failure: 'red' } as const;
const MARKS = { ok: 'ok  ', skipped: 'skip', warning: 'WARN', failure: 'FAIL' } as const;

/** In a pipe, and at most. */
const WIDTH = 80;

type Painted = Pick<Terminal, 'columns' | 'color'>;

/** The findings by area, each with its reason, remedy and command. */
export function findingsText(terminal: Painted, findings: readonly Finding[]): string {
  const paint = painter(terminal);
  const sections = AREAS.flatMap((area) => {
    const here = findings.filter((finding) => finding.area === area);
    return here.length > 0
      ? [[paint('bold', AREA_TITLES[area]), ...here.flatMap((one) => linesOf(terminal, one))].join('\n')]
      : [];
  });
  return [...sections, summary(findings)].join('\n\n');
}

function linesOf(terminal: Painted, { level, code, what, why, how, command, yaml }: Finding): string[] {
  const named = code === undefined ? what : `${what} [${code}]`;
  const width = Math.min(terminal.columns ?? WIDTH, WIDTH);
  const [first = '', ...rest] = wrap(`  ${MARKS[level]}  `, named, width);
  return [
    painter(terminal)(COLORS[level], first),
    ...rest,
    ...(why === undefined ? [] : wrap('        why:  ', why, width)),
    ...(how === undefined ? [] : wrap('        mend: ', how, width)),
    ...(yaml === undefined ? [] : yaml.split('\n').map((line) => `          ${line}`)),
    ...(command === undefined
      ? []
      : [`        ${command.startsWith('optout-sync') ? 'run: ' : 'set: '} ${command}`]),
  ];
}

/** Breaks a text between words; further lines begin below the first word. */
function wrap(lead: string, text: string, width: number): string[] {
  const lines = [lead];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    const isEmpty = last.length <= lead.length;
    if (!isEmpty && last.length + 1 + word.length > width) lines.push(' '.repeat(lead.length) + word);
    else lines[lines.length - 1] = isEmpty ? last + word : `${last} ${word}`;
  }
  return lines;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const plural = (number: number, noun: string) => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
  const skipped = count('skipped');
  return [
    plural(count('failure'), 'failure'),
    plural(count('warning'), 'warning'),
    `${String(count('ok'))} ok`,
    ...(skipped > 0 ? [`${String(skipped)} skipped`] : []),
  ].join(', ');
}
