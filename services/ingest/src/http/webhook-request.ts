import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressOf } from '@optout-sync/shared/service';
import type { WebhookRequest } from '../webhook/request';
import { baseUrlOf, type TrustsPeer } from './base-url';
import { readBody } from './read-body';

/** What is known of the proxies in front of ingest. */
export interface Proxies {
  readonly trusts: TrustsPeer;
  readonly addressOf: AddressOf;
}

/** A request of Node's HTTP server as a webhook. */
export class NodeWebhookRequest implements WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;

  constructor(
    private readonly request: IncomingMessage,
    private readonly proxies: Proxies,
  ) {
    this.method = request.method ?? '';
    this.url = request.url ?? '';
    this.headers = request.headers;
  }

  get baseUrl(): string {
    return baseUrlOf(this.request, this.proxies.trusts);
  }

  get clientAddress(): string {
    return this.proxies.addressOf(this.request);
  }

  readBody(limitBytes: number): Promise<Buffer> {
    return readBody(this.request, limitBytes);
  }
}
