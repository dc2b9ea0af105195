import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API_SCOPES, ApiScope } from '@optout-sync/operations';
import { E164 } from '@optout-sync/shared/domain';
import { API_ERRORS } from './errors/api-errors';
import { startApi, type RunningApi } from './test-support/running-api';
import { deadLetterOf, record } from './test-support/samples';

const PAGE = readFileSync(join(__dirname, '../../../../docs/api.md'), 'utf8');
const run = promisify(execFile);

/** The cells of the rows whose first cell is a name in backticks. */
const rows = PAGE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );

/** The commands of the page that call the API, each in one line. */
const commands = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => line.startsWith('curl'));

describe('docs/api.md', () => {
  it('lists every scope with its meaning', () => {
    const listed = rows.filter(([name = '']) => name.includes(':'));
    expect(listed).toEqual(Object.entries(API_SCOPES));
  });

  it('lists every error with its status, meaning and remedy', () => {
    const listed = rows.filter(([name = '']) => !name.includes(':'));
    const errors = Object.entries(API_ERRORS).map(([code, { status, title, remedy }]) =>
      [code, String(status), title, remedy].map((text) => text.replaceAll('`', '')),
    );
    expect(listed).toEqual(errors);
  });

  describe('shows commands', () => {
    let api: RunningApi;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      api = await startApi();
      await record(api.stores, 'stop', E164.parse('+14155550101'));
      await api.stores.queues.deadLetters.put(deadLetterOf(E164.parse('+14155550101')));
      const TOKEN = await api.tokenWith(...ApiScope.options);
      env = { ...process.env, API: api.url.replace('/api', ''), TOKEN };
    });
    afterAll(() => api.close());

    it.each(commands)('%s', async (command) => {
      const failing = command.replace('curl -sS', 'curl -sS --fail-with-body');
      const { stdout } = await run('bash', ['-c', failing], { env });
      expect(JSON.parse(stdout)).toBeInstanceOf(Object);
    });

    it('of which there are a dozen', () => {
      expect(commands.length).toBeGreaterThanOrEqual(12);
    });
  });
});
