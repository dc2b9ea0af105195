import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const DOCS = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

const sourcesIn = (folder: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|test-support/.test(path))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8'))
    .join('\n');

const INGEST = sourcesIn('services/ingest/src');
const WORKER = ['services/worker/src', 'packages/customerio/src', 'packages/http-client/src']
  .map(sourcesIn)
  .join('\n');
const SHARED = sourcesIn('packages/shared/src');

const found = (pattern: RegExp, source: string): string[] => [
  ...new Set([...source.matchAll(pattern)].flatMap((match) => match.slice(1))),
];

/** Codes of failed tries, as the worker spells them out. */
const FAILURES = [
  ...found(/new JobError\(\s*'\w+',\s*'(\w+)'/g, WORKER),
  ...found(/const code = .* \? '(\w+)' : '(\w+)'/g, WORKER),
  ...found(/noAnswer\('(\w+)'/g, WORKER).flatMap((api) =>
    found(/`\$\{api\}(_\w+)`/g, WORKER).map((how) => api + how),
  ),
];

/** Codes of what ingest sets aside. */
const SET_ASIDE = [
  ...found(/\bingestDeadLetter\('(\w+)'/g, INGEST),
  ...found(/kind: 'unprocessable',\s*code: '(\w+)'/g, INGEST + SHARED),
];

describe('docs/operations.md', () => {
  it('is tested with codes of all kinds', () => {
    expect(FAILURES).toEqual(
      expect.arrayContaining(['poison_job', 'event_version_unknown', 'forward_timeout', 'account_unknown']),
    );
    expect(SET_ASIDE).toEqual(expect.arrayContaining(['account_not_proven', 'not_a_phone_number']));
  });

  it.each([...FAILURES, ...SET_ASIDE])('explains the code %s', (code) => {
    expect(DOCS).toContain(`\`${code}\``);
  });

  it.each(found(/name: '(optout_\w+)'/g, INGEST + WORKER + SHARED))('explains the metric %s', (metric) => {
    expect(DOCS).toMatch(new RegExp(`\`${metric}[{\`]`));
  });
});
