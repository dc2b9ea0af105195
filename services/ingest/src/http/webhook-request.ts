import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { WebhookRequest } from '../webhook/request';
import { baseUrlOf, type TrustsPeer } from './base-url';
import { readBody } from './read-body';

/** A request of Node's HTTP server as a webhook. */
export class NodeWebhookRequest implements WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;

  constructor(
    private readonly request: IncomingMessage,
    private readonly trusts: TrustsPeer,
  ) {
    this.method = request.method ?? '';
    this.url = request.url ?? '';
    this.headers = request.headers;
  }

  get baseUrl(): string {
    return baseUrlOf(this.request, this.trusts);
  }

  readBody(limitBytes: number): Promise<Buffer> {
    return readBody(this.request, limitBytes);
  }
}
