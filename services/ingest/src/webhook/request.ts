import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';

/** A webhook as it came in, whatever HTTP framework took it. */
export interface WebhookRequest {
  readonly method: string;
  /** Path and query byte for byte as received: the signature covers them. */
  readonly url: string;
  /** `proto://host` as the socket, or a proxy that is trusted, says. */
  readonly baseUrl: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** The whole body. Throws a Refusal when it is larger than the limit or cut off. */
  readBody(limitBytes: number): Promise<Buffer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes a webhook and answers it. Never rejects. */
export type Receiver = (request: WebhookRequest) => Promise<WebhookAnswer>;

/** What Twilio sent: a name that stands there several times has a list. No prototype, so any name is harmless. */
export type Params = Readonly<ParsedUrlQuery>;
