import { z } from 'zod';

/** What a token of the API may do. The command's help, docs/api.md and the OpenAPI document are made from this table. */
export const API_SCOPES = {
  'optouts:read': 'the state of numbers that the caller names',
  'optouts:list':
    'who is opted out, who differs in Customer.io, and what was sent after an opt-out; phones are masked',
  'optouts:write': 'opt numbers out and in by hand',
  'history:read': 'everything that the ledger stores of a number that the caller names, and its proof',
  'dead-letters:read': 'dead letters and replay runs; phones are masked',
  'dead-letters:replay': 'start and cancel replay runs',
  'status:read': 'what waits, and what the processes did in the last hour',
  'phones:reveal': 'whole phones instead of masked ones; the audit trail records each use',
} as const satisfies Record<string, string>;

export type ApiScope = keyof typeof API_SCOPES;

export const ApiScope = z.enum(Object.keys(API_SCOPES) as [ApiScope, ...ApiScope[]]);
