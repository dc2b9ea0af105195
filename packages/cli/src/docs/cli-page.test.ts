import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliPage } from './cli-page';

test('docs/cli.md is the help of the commands; `npm run build && npm run docs:cli` makes it', () => {
  expect(readFileSync(join(__dirname, '../../../../docs/cli.md'), 'utf8')).toBe(cliPage());
});
