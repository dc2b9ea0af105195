import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

export interface TwilioRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Default 15 s, Twilio's own time limit. */
  timeoutMs?: number | undefined;
  /** The certificate authority to trust instead of the well-known ones, in PEM. */
  ca?: string | undefined;
}

export interface TwilioAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

const TWILIO_TIMEOUT_MS = 15_000;

/**
 * Sends one request on a new connection, without redirects or retries.
 *
 * @throws {Error} when no complete response arrives in time
 */
export async function sendRequest(options: TwilioRequest): Promise<TwilioAnswer> {
  const { method, url, headers, body, timeoutMs = TWILIO_TIMEOUT_MS, ca } = options;
  const { request: open } = url.startsWith('https:') ? https : http;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    open(url, { method, headers, agent: false, signal, ...(ca && { ca }) }, resolve)
      .on('error', reject)
      .end(body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
