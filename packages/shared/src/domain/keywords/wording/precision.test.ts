import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelled, measure, type Measured, type Part } from '../test-support/labelled';
import { findWording } from './find-wording';

const PARTS: readonly Part[] = ['tuning', 'held-out', 'challenge', 'notices'];
/** The precision, and slightly less than the recall, that were measured: a change that lowers them further must update this table and docs/keywords.md. */
const LEAST: Readonly<Record<Part, { precision: number; recall: number }>> = {
  tuning: { precision: 1, recall: 0.95 },
  'held-out': { precision: 1, recall: 0.93 },
  challenge: { precision: 1, recall: 0.55 },
  notices: { precision: 1, recall: 0.76 },
};

const DOCS = readFileSync(join(__dirname, '../../../../../../docs/keywords.md'), 'utf8').replace(/ +/g, ' ');

const row = ({ part, optOuts, others, precision, recall }: Measured): string =>
  `${part.padEnd(10)} ${String(optOuts).padStart(8)} ${String(others).padStart(8)} ` +
  `${precision.toFixed(3).padStart(10)} ${recall.toFixed(3).padStart(7)}`;

describe('wording on the labelled messages', () => {
  const measured = PARTS.map((part) => measure(part, (text) => findWording(text) !== undefined));

  beforeAll(() => {
    const head = 'wording     opt-outs   others  precision  recall';
    process.stdout.write(`${[head, ...measured.map(row)].join('\n')}\n`);
  });

  it.each(measured)(
    'has enough precision and recall on the $part part',
    ({ part, precision, recall, wrong }) => {
      expect({ part, wrong, precise: precision >= LEAST[part].precision }).toMatchObject({ precise: true });
      expect(recall).toBeGreaterThanOrEqual(LEAST[part].recall);
    },
  );

  it.each(measured)('matches docs/keywords.md on the $part part', (part) => {
    const cells = [part.part, part.optOuts, part.others, part.precision.toFixed(3), part.recall.toFixed(3)];
    expect(DOCS).toContain(`| ${cells.join(' | ')} |`);
  });

  it('has enough messages of both labels, each once', () => {
    const all = PARTS.flatMap(labelled);
    const plain = all.map(({ text }) => text.toLowerCase().replace(/[.!]+$/, ''));
    expect(all.every(({ label, text }) => ['stop', 'other'].includes(label) && text !== '')).toBe(true);
    expect(labelled('held-out').length).toBeGreaterThanOrEqual(100);
    expect(all.filter(({ label }) => label === 'other').length).toBeGreaterThanOrEqual(150);
    expect(plain.filter((text, index) => plain.indexOf(text) !== index)).toEqual([]);
  });
});
