import type { Operation } from '../api/operation';
import type { Api } from '../workspace/options';

/** One request and its response. */
export interface LoggedRequest {
  /** Time of arrival, in ms since 1970. */
  at: number;
  /** Name of the workspace of its credentials; null for unknown credentials. */
  workspace: string | null;
  api: Api;
  operation: Operation;
  method: string;
  /** With its query. */
  path: string;
  /** Null until the response, and for good when the connection was closed or left hanging instead. */
  status: number | null;
  /** Parsed JSON, the raw text when it is not JSON, or null without a body. */
  body: unknown;
  /** Null until the response. */
  durationMs: number | null;
  /** Kind of the fault that was injected, if any. */
  fault: string | null;
}

export interface RequestFilter {
  workspace?: string;
  api?: Api;
  operation?: Operation;
  method?: string;
  status?: number;
  path?: RegExp;
  /** Only requests that arrived at or after this time, in ms since 1970. */
  since?: number;
}

/** The latest requests, up to `capacity` and for a while a quarter more. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  constructor(private readonly capacity: number) {}

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    // Trimmed rarely and in one go: to shift on every request would cost more than the request.
    const surplus = this.#entries.length - this.capacity;
    if (surplus > this.capacity / 4) this.#entries = this.#entries.slice(surplus);
  }

  find(filter: RequestFilter = {}): LoggedRequest[] {
    return this.#entries.filter((entry) => matches(entry, filter));
  }

  clear(): void {
    this.#entries = [];
  }
}

const EXACT = ['workspace', 'api', 'operation', 'method', 'status'] as const;

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  return (
    EXACT.every((field) => filter[field] === undefined || filter[field] === entry[field]) &&
    (filter.since === undefined || entry.at >= filter.since) &&
    (filter.path === undefined || entry.path.search(filter.path) >= 0)
  );
}
