import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownVariables } from './unknown-variables';

const ROOT = join(__dirname, '../../../..');

test('the warning of a variable that nothing reads names the likely one, and never a value', () => {
  const warnings = unknownVariables(
    { TWILIO_AUTH_TOKN: 'secret', CUSTOMERIO_APIKEY: 'secret', INGEST_PROT: '', OTHER: 'secret' },
    ROOT,
  );
  expect(warnings).toEqual([
    'TWILIO_AUTH_TOKN is set, but nothing here reads it: is TWILIO_AUTH_TOKEN meant?',
    'CUSTOMERIO_APIKEY is set, but nothing here reads it',
  ]);
});

test('a variable of an earlier version is said to have no effect, also where a file holds it', () => {
  const removed = expect.stringMatching(
    /^QUEUE_SHARDS(_FILE)? has no effect any more and can be removed/,
  ) as string;
  expect(unknownVariables({ QUEUE_SHARDS: '6' })).toEqual([removed]);
  expect(unknownVariables({ QUEUE_SHARDS_FILE: '/run/secrets/shards' })).toEqual([removed]);
  expect(unknownVariables({ QUEUE_SHARDS: '' })).toEqual([]);
});

test('a variable without one of our prefixes is reported only where it resembles one of ours', () => {
  const env = { REDIS_URI: 'secret', SPOOL_DIRECTORY: 'secret', HOME: '/root', LANG: 'C', PORT: '80' };
  expect(unknownVariables(env)).toEqual(['REDIS_URI is set, but nothing here reads it: is REDIS_URL meant?']);
});

test('what Kubernetes sets for the services of the namespace is not reported', () => {
  const env = {
    INGEST_SERVICE_HOST: '10.0.0.1',
    INGEST_SERVICE_PORT_HTTP: '80',
    INGEST_PORT_8080_TCP_ADDR: '10.0.0.1',
    WORKER_PORT: 'tcp://10.0.0.2:9102',
    INGEST_ADMN_PORT: '9101',
  };
  expect(unknownVariables(env)).toEqual([
    'INGEST_ADMN_PORT is set, but nothing here reads it: is INGEST_ADMIN_PORT meant?',
  ]);
});

test('a variable that the file of OPTOUT_CONFIG refers to is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  const file = join(folder, 'optout.yaml');
  writeFileSync(file, 'auth_tokens: ["${TWILIO_TOKEN_OF_SALES}"]');
  const env = { OPTOUT_CONFIG: file, TWILIO_TOKEN_OF_SALES_FILE: '/run/secrets/token', TWILIO_TOKEN: 'x' };
  expect(unknownVariables(env, ROOT)).toEqual([expect.stringContaining('TWILIO_TOKEN is set') as string]);
  rmSync(folder, { recursive: true });
});

test('.env.example has every variable that the services read', () => {
  const names = readdirSync(__dirname)
    .map((name) => join(__dirname, name))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap(
      (file) =>
        readFileSync(file, 'utf8').match(/\b(TWILIO|CUSTOMERIO|INGEST|WORKER|OPTOUT)_[A-Z_]+\b/g) ?? [],
    );
  expect(names).toContain('CUSTOMERIO_TRACK_URL');
  expect(unknownVariables(Object.fromEntries(names.map((name) => [name, 'set'])), ROOT)).toEqual([]);
});
