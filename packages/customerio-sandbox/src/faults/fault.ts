import type { Operation } from '../api/operation';
import type { Api } from '../workspace/options';

/** Which requests a fault applies to: those that match all fields given; without any field, all requests. */
export interface FaultMatch {
  workspace?: string;
  api?: Api;
  operation?: Operation;
  method?: string;
  /** Tested on the path with its query. */
  path?: RegExp;
  /** A substring of the raw request body. */
  bodyIncludes?: string;
}

/** What happens to a request. "Carried out" means that its write, if any, takes effect. */
export type FaultEffect =
  /** This response is sent and the request is not carried out. A `body` that is a string is sent unchanged. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** The request is carried out and responded to after `ms`. */
  | { kind: 'latency'; ms: number }
  /** The connection is reset and the request is not carried out. */
  | { kind: 'reset' }
  /** The request is carried out; the whole response, headers included, arrives in small pieces. */
  | { kind: 'drip'; bytesPerSecond: number }
  /** The request is carried out and the connection is closed without a response. */
  | { kind: 'answer_lost' }
  /** No response ever comes and the request is not carried out. */
  | { kind: 'hang' }
  /** A search returns a page without people whose `next` leads to the first page. */
  | { kind: 'empty_page' };

export interface Fault {
  match?: FaultMatch;
  /** Number of requests it applies to. Default: all. */
  times?: number;
  effect: FaultEffect;
}

/** An active fault. */
export interface FaultHandle {
  readonly id: number;
  /** Requests it has applied to so far. */
  readonly hits: number;
  remove(): void;
}

/** The parts of a request that faults are matched against. */
export interface FaultSubject {
  workspace: string | null;
  api: Api;
  operation: Operation;
  method: string;
  path: string;
  rawBody: string;
}
