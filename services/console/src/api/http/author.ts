import type { ApiToken } from '@optout-sync/operations';

/** Who the audit trail and the ledger name for what a token does. No person has such a name. */
export const authorOf = ({ name }: Pick<ApiToken, 'name'>): string => `token:${name}`;
