import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPasswordOf } from '@optout-sync/operations';
import { readConsoleConfig } from '@optout-sync/shared/config';
import { runWith } from '../test-support/cli';

const PASSWORD = 'correct horse battery staple';
const NEEDED = {
  REDIS_URL: 'redis://127.0.0.1',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_TRACK_API_KEY: 'track',
  CUSTOMERIO_APP_API_KEY: 'app',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function addUser(password: string) {
  const file = join(folder, 'password');
  await writeFile(file, `${password}\n`);
  return runWith({}, 'console', 'add-user', 'ada@example.com', '--role', 'support', '--password-file', file);
}

test('the printed entry lets the user into the console with that password and no other', async () => {
  const { code, out } = await addUser(PASSWORD);
  expect(code).toBe(0);
  const { auth } = readConsoleConfig({ ...NEEDED, CONSOLE_AUTH: 'password', CONSOLE_USERS: out.trim() });
  const user = auth.kind === 'password' ? auth.users.get('ada@example.com') : undefined;
  expect(user?.role).toBe('support');
  expect(await isPasswordOf(user!.hash, PASSWORD)).toBe(true);
  expect(await isPasswordOf(user!.hash, `${PASSWORD}!`)).toBe(false);
});

test('a short password is refused, and none is taken from nowhere', async () => {
  expect((await addUser('too short')).error).toContain('password_too_short');
  const { error } = await runWith({}, 'console', 'add-user', 'ada', '--role', 'viewer');
  expect(error).toContain('password_missing');
});
