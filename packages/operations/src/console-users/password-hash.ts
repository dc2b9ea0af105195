import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** OWASP's recommendation of 2023 for scrypt with 32 MiB: N = 2^15, r = 8, p = 3. */
const COST = { N: 32_768, r: 8, p: 3 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Hashes a password as `scrypt.<N>.<r>.<p>.<salt>.<hash>`: the characters need no quotes in a shell or in compose files. */
export async function hashPassword(password: string): Promise<string> {
  const { N, r, p } = COST;
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('.');
}

/** Whether the password is that of the hash, compared in constant time. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const [, N, r, p, salt = '', wanted = ''] = hash.split('.');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const expected = Buffer.from(wanted, 'base64url');
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

function derive(
  password: string,
  salt: Buffer,
  cost: Required<Pick<ScryptOptions, 'N' | 'r' | 'p'>>,
): Promise<Buffer> {
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
