import { request, type OutgoingHttpHeaders } from 'node:http';
import { AUTH_TOKEN, PUBLIC_URL, type Running, type System } from '@optout-sync/testkit/system';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { signForm, type TwilioParams } from '@optout-sync/twilio-simulator';

/** One thing that an attacker, or an operator by mistake, does to a running system. */
export interface Attack {
  readonly name: string;
  /** @throws {AssertionError} when the system did not withstand it */
  run(target: Target): Promise<void>;
}

/** What is attacked: a system with a worker and two ingests. */
export interface Target {
  readonly system: System;
  /** Has a PUBLIC_URL, and trusts no proxy. */
  readonly ingest: Running;
  /** Has no PUBLIC_URL, and trusts the proxies of this machine. */
  readonly behindProxy: Running;
}

export const MESSAGES = WEBHOOK_PATHS.messages;

export const signatureOf = (params: TwilioParams, url = PUBLIC_URL + MESSAGES): string =>
  signForm({ url, params, authToken: AUTH_TOKEN });

/**
 * Posts a form with exactly these headers.
 *
 * @returns the status of the answer
 */
export function post(
  { port }: Running,
  params: TwilioParams,
  headers: OutgoingHttpHeaders,
  path: string = MESSAGES,
): Promise<number> {
  const pairs = Object.entries(params).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const body = new URLSearchParams(pairs as [string, string][]).toString();
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    });
    sent.once('error', reject).once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.end(body);
  });
}
