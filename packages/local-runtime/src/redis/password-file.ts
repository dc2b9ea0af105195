import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In the server's folder: a setting of redis.conf, so that the password is in no command line. */
export const PASSWORD_FILE = 'password.conf';

const SETTING = /^requirepass ([0-9a-f]{64})\n$/;

/**
 * The password of the server whose data is in this folder: that of an earlier start, or a new one. It is in
 * `password.conf`, which only its owner can read. The data does not depend on it.
 *
 * @throws {Error} of the file system
 */
export async function readOrMakePassword(folder: string): Promise<string> {
  const file = join(folder, PASSWORD_FILE);
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, existing] = SETTING.exec(text) ?? [];
  if (existing !== undefined) return existing;
  const password = randomBytes(32).toString('hex');
  await writeFile(file, `requirepass ${password}\n`, { mode: 0o600 });
  return password;
}

/** The URL of a server on this machine. */
export function localUrl(port: number, password: string | undefined): string {
  return `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
}
