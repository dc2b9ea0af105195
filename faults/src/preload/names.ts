import dns from 'node:dns';
import { existsSync } from 'node:fs';

/*
 * Loaded into a service by --require: while the file NAMES_GONE_FILE exists, no host name is found, as when no name server
 * answers. Addresses are not looked up, so connections to them still work.
 */
const file = process.env.NAMES_GONE_FILE ?? '';
const lookup = dns.lookup as (...args: unknown[]) => unknown;

function lookupUnlessGone(...args: unknown[]): unknown {
  const callback = args.at(-1);
  if (!existsSync(file) || typeof callback !== 'function') return lookup(...args);
  const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${String(args[0])}`), {
    code: 'EAI_AGAIN',
    syscall: 'getaddrinfo',
    hostname: args[0],
  });
  setImmediate(callback as (error: Error) => void, error);
  return {};
}

Object.assign(dns, { lookup: lookupUnlessGone });
