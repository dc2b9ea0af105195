import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDINGS } from '@optout-sync/operations';
import { cellText, tablesIn } from './docs/markdown-tables';

const page = readFileSync(join(__dirname, '../../docs/doctor.md'), 'utf8');
const rows = tablesIn(page)
  .filter(({ header }) => header[0] === 'code')
  .flatMap(({ rows: cells }) => cells.map((row) => row.map((cell) => cellText(cell))));

it('docs/doctor.md lists every finding, with its level, reason, remedy and command', () => {
  const expected = Object.entries(FINDINGS).map(([code, finding]) => [
    code,
    finding.level,
    finding.why,
    'command' in finding ? `${finding.how} ${finding.command}` : finding.how,
  ]);
  expect(rows).toEqual(expected);
});
