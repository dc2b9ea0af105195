import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** In the server's folder: a setting of redis.conf, so that the password is in no command line. */
export const PASSWORD_FILE = 'password.conf';

const SETTING = /^requirepass ([0-9a-f]{64})\n$/;

/**
 * The password of the server whose data is in this folder: that of an earlier start, or a new one. It is in
 * `password.conf`, which only its owner can read. The data does not depend on it.
 *
 * @throws {Error} when `password.conf` is a link, or of the file system
 */
export async function readOrMakePassword(folder: string): Promise<string> {
  const file = await openOwn(join(folder, PASSWORD_FILE));
  try {
    await file.chmod(0o600);
    const [, existing] = SETTING.exec(await file.readFile('utf8')) ?? [];
    if (existing !== undefined) return existing;
    const password = randomBytes(32).toString('hex');
    await file.truncate();
    await file.write(`requirepass ${password}\n`, 0);
    return password;
  } finally {
    await file.close();
  }
}

/** A link would put the password, and our rights, on a file elsewhere. */
async function openOwn(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return await open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
    throw new Error(
      `redis: ${path} is a link; remove it, and the next start makes a file with a new password`,
      {
        cause: error,
      },
    );
  }
}

/** The URL of a server on this machine. */
export function localUrl(port: number, password: string | undefined): string {
  return `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
}
