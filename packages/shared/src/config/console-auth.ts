import { z } from 'zod';
import { collectErrors } from './collect-errors';
import { listOf } from './fields';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { proxy } from './trust-proxy';
import { defaultOf } from './variables';

/** What a user of the console may do. Each role may do what the one before may. */
export const CONSOLE_ROLES = ['viewer', 'support', 'operator'] as const;
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

export interface ConsoleUser {
  readonly name: string;
  readonly role: ConsoleRole;
}

/** A user who logs in by a password, kept as `scrypt.<N>.<r>.<p>.<salt>.<hash>`, of which salt and hash are base64url. */
interface PasswordUser extends ConsoleUser {
  readonly hash: string;
}

/** How the console knows who asks. */
export type ConsoleAuth =
  /** Whoever reaches the port of this machine is an operator. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'password';
      readonly users: ReadonlyMap<string, PasswordUser>;
      /** Whose `X-Forwarded-For` tells the address of who logs in. */
      readonly proxies: readonly string[];
    }
  /** A proxy in one of the networks names the user in a header. */
  | {
      readonly kind: 'proxy';
      readonly header: string;
      readonly networks: readonly string[];
      readonly users: ReadonlyMap<string, ConsoleUser>;
    };

/** N is a power of two (RFC 7914, 6): with another one scrypt fails, and nobody could log in. */
const HASH = /^scrypt\.(\d{4,7})\.([1-9]|[12]\d|3[0-2])\.([1-9]|1\d)\.[\w-]{16,64}\.[\w-]{43}$/;
const isHash = (text: string): boolean => Number.isInteger(Math.log2(Number(HASH.exec(text)?.[1] ?? NaN)));
const NAME = /^[\w.@+-]{1,100}$/;

const authEnv = {
  CONSOLE_AUTH: z.enum(['password', 'proxy', 'none'], 'is required: password, proxy or none'),
  CONSOLE_USERS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
    .optional(),
  CONSOLE_PROXY_HEADER: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,99}$/, 'must be the name of a header')
    .prefault(defaultOf('CONSOLE_PROXY_HEADER')),
  CONSOLE_PROXY_NETWORKS: listOf(proxy).optional(),
};

/** Reads how the console knows who asks. @throws {ConfigError} where it would be open, or is set in part */
export function readConsoleAuth(env: Env): ConsoleAuth {
  const read = parseEnv(authEnv, env);
  const { CONSOLE_AUTH: kind, CONSOLE_USERS: entries, CONSOLE_PROXY_NETWORKS: networks } = read;
  switch (kind) {
    case 'none':
      return collectErrors({
        kind: () => kind,
        users: () =>
          requireAbsent(entries, 'CONSOLE_USERS: is not for CONSOLE_AUTH=none, which lets everybody in'),
        networks: () => requireAbsent(networks, 'CONSOLE_PROXY_NETWORKS: is not for CONSOLE_AUTH=none'),
      });
    case 'password':
      return { kind, users: usersOf(entries, kind, parsePasswordUser), proxies: networks ?? [] };
    case 'proxy':
      return collectErrors({
        kind: () => kind,
        header: () => read.CONSOLE_PROXY_HEADER,
        networks: () => {
          if (networks !== undefined) return networks;
          throw new ConfigError(['CONSOLE_PROXY_NETWORKS is required by CONSOLE_AUTH=proxy']);
        },
        users: () => usersOf(entries, kind, parseProxyUser),
      });
    default:
      return kind satisfies never;
  }
}

function requireAbsent(value: unknown, error: string): void {
  if (value !== undefined) throw new ConfigError([error]);
}

function usersOf<User extends ConsoleUser>(
  entries: readonly string[] = [],
  kind: string,
  parse: (entry: string) => User | string,
): ReadonlyMap<string, User> {
  if (entries.length === 0) throw new ConfigError([`CONSOLE_USERS is required by CONSOLE_AUTH=${kind}`]);
  const users = new Map<string, User>();
  const errors: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const user = parse(entry);
    const problem = typeof user === 'string' ? user : users.has(user.name) && 'is there twice';
    if (problem) errors.push(`CONSOLE_USERS (item ${String(index + 1)}): ${problem}`);
    else if (typeof user !== 'string') users.set(user.name, user);
  }
  if (errors.length > 0) throw new ConfigError(errors);
  return users;
}

function parsePasswordUser(entry: string): PasswordUser | string {
  const [name = '', roleText, hash = '', ...rest] = entry.split(':');
  const role = z.enum(CONSOLE_ROLES).safeParse(roleText).data;
  if (!NAME.test(name) || role === undefined || !isHash(hash) || rest.length > 0) {
    return 'must be name:role:hash, as optout-sync console add-user prints it';
  }
  return { name, role, hash };
}

function parseProxyUser(entry: string): ConsoleUser | string {
  const [name = '', roleText, ...rest] = entry.split(':');
  const role = z.enum(CONSOLE_ROLES).safeParse(roleText).data;
  if (NAME.test(name) && role !== undefined && rest.length === 0) return { name, role };
  return 'must be name:role, where role is viewer, support or operator';
}
