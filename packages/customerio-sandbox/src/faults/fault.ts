import type { Api, Operation } from '../http/routes';

/** Which requests a fault hits; without any field, all of them. */
export interface FaultMatch {
  workspace?: string;
  api?: Api;
  operation?: Operation;
  method?: string;
  /** Tried on the path with its query. */
  path?: RegExp;
  /** A piece of the raw request body. */
  bodyIncludes?: string;
}

export type FaultEffect =
  /** Answered so, nothing is done. A `body` that is a string is sent as it is. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** Done and answered, that much later. */
  | { kind: 'latency'; ms: number }
  /** The connection is reset before anything is done. */
  | { kind: 'reset' }
  /** Done; the whole answer, head included, arrives in small pieces. */
  | { kind: 'drip'; bytesPerSecond: number }
  /** Done; the connection is closed instead of answering. */
  | { kind: 'answer_lost' }
  /** Never answered, nothing is done. */
  | { kind: 'hang' }
  /** Search answers a page with nobody on it whose `next` leads to what it would have answered. */
  | { kind: 'empty_page' };

export interface Fault {
  match?: FaultMatch;
  /** How many requests it hits before it is spent. Default: all. */
  times?: number;
  effect: FaultEffect;
}

/** A fault in force. */
export interface FaultHandle {
  readonly id: number;
  /** Requests it has hit so far. */
  readonly hits: number;
  remove(): void;
}

/** What faults look at in a request. */
export interface FaultSubject {
  workspace: string | null;
  api: Api;
  operation: Operation;
  method: string;
  path: string;
  rawBody: string;
}
