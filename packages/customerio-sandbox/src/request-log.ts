import type { Api, Operation } from './http/routes';

/** One request as it arrived and was answered. */
export interface LoggedRequest {
  /** Arrival, in milliseconds since the epoch. */
  at: number;
  /** Name of the workspace whose credentials were sent, if they were known. */
  workspace: string | null;
  api: Api;
  operation: Operation;
  method: string;
  /** With its query. */
  path: string;
  /** Null while unanswered, and for good when the socket was destroyed or left hanging. */
  status: number | null;
  /** Parsed JSON, the raw text when it is not JSON, or null without a body. */
  body: unknown;
  /** Null while unanswered. */
  durationMs: number | null;
  /** The fault that was played, if one was. */
  fault: string | null;
}

export interface RequestFilter {
  workspace?: string;
  api?: Api;
  operation?: Operation;
  method?: string;
  status?: number;
  path?: RegExp;
  /** Only requests that arrived at or after this time. */
  since?: number;
}

export class RequestLog {
  #entries: LoggedRequest[] = [];

  constructor(private readonly capacity: number) {}

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    // Cut in one go now and then: shifting at every request would cost more than the request.
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

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  return (
    (filter.workspace === undefined || filter.workspace === entry.workspace) &&
    (filter.api === undefined || filter.api === entry.api) &&
    (filter.operation === undefined || filter.operation === entry.operation) &&
    (filter.method === undefined || filter.method === entry.method) &&
    (filter.status === undefined || filter.status === entry.status) &&
    (filter.since === undefined || entry.at >= filter.since) &&
    (filter.path === undefined || entry.path.search(filter.path) >= 0)
  );
}
