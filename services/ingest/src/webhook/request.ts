import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';

/** A webhook as it was received, independent of the HTTP framework. */
export interface WebhookRequest {
  readonly method: string;
  /** Path and query, byte for byte as received: the signature covers them. */
  readonly url: string;
  /** `protocol://host`, from the socket and the Host header or from a trusted proxy's headers. */
  readonly baseUrl: string;
  /** Of the client, as far as it is known; for limits. */
  readonly clientAddress: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /**
   * Reads the whole body.
   *
   * @throws {WebhookError} when the body exceeds the limit or is incomplete
   */
  readBody(limitBytes: number): Promise<Buffer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The parameters of a form. A name that occurs several times has a list. Without a prototype, so any name is harmless. */
export type Params = Readonly<ParsedUrlQuery>;
