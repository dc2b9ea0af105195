import { Buffer } from 'node:buffer';

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 50;

/** One page of a listing: at most `limit` items with a `seq` above `after`. */
export interface PageRequest {
  limit: number;
  after: number;
}

/** Parses `limit` (1-1000, default 50) and `start` of a query. @returns an error message if one is invalid */
export function parsePageRequest(query: URLSearchParams): PageRequest | string {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return `limit must be 1 to ${MAX_LIMIT}`;
  const start = query.get('start') ?? '';
  if (start === '') return { limit, after: 0 };
  const after = /^0:(\d+)$/.exec(Buffer.from(start, 'base64url').toString())?.[1];
  return after === undefined ? 'start is not a token of this API' : { limit, after: Number(after) };
}

/** One page of `items`, which are in the order of their `seq`, and the token of the next, '' after the last. */
export function pageOf<T extends { seq: number }>(items: T[], { limit, after }: PageRequest) {
  const rest = items.filter((item) => item.seq > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last !== undefined && rest.length > limit ? tokenAfter(last.seq) : '' };
}

/** Opaque to callers. Names the last item of a page, so that removals between two pages shift nothing. */
export function tokenAfter(seq: number): string {
  return Buffer.from(`0:${seq}`).toString('base64url');
}
