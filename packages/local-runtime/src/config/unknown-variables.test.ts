import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS } from './folders';
import { unknownVariables } from './unknown-variables';

test('the warning of a variable that nothing reads names the likely one, and never a value', () => {
  const warnings = unknownVariables(
    { TWILIO_AUTH_TOKN: 'secret', CUSTOMERIO_APIKEY: 'secret', INGEST_PROT: '', OTHER: 'secret' },
    FOLDERS.root,
  );
  expect(warnings).toEqual([
    'warning: TWILIO_AUTH_TOKN is set, but nothing here reads it: is TWILIO_AUTH_TOKEN meant?',
    'warning: CUSTOMERIO_APIKEY is set, but nothing here reads it',
  ]);
});

test('a variable that the file of OPTOUT_CONFIG refers to is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  const file = join(folder, 'optout.yaml');
  writeFileSync(file, 'auth_tokens: ["${TWILIO_TOKEN_OF_SALES}"]');
  const env = { OPTOUT_CONFIG: file, TWILIO_TOKEN_OF_SALES_FILE: '/run/secrets/token', TWILIO_TOKEN: 'x' };
  expect(unknownVariables(env, FOLDERS.root)).toEqual([
    expect.stringContaining('TWILIO_TOKEN is set') as string,
  ]);
  rmSync(folder, { recursive: true });
});

test('.env.example has every variable that the services read', () => {
  const folders = ['packages/shared', 'services/ingest', 'services/worker'];
  const names = folders
    .map((folder) => join(FOLDERS.root, folder, 'src/config'))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap(
      (file) =>
        readFileSync(file, 'utf8').match(/\b(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_[A-Z_]+\b/g) ?? [],
    );
  expect(names).toContain('CUSTOMERIO_TRACK_URL');
  expect(unknownVariables(Object.fromEntries(names.map((name) => [name, 'set'])), FOLDERS.root)).toEqual([]);
});
