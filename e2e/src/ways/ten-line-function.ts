import { Buffer } from 'node:buffer';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';

/** Twilio's keywords before REVOKE and OPTOUT were added. */
const KEYWORDS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'];

interface Text {
  readonly From: string;
  readonly Body: string;
}

/**
 * What people build without optout-sync, after Customer.io's guide (https://customer.io/docs/sms-keywords/): Twilio calls it for each
 * incoming message; of a keyword it searches for the number and sets the attribute of each id that it finds.
 *
 * @throws {Error} when Customer.io refuses a request. Twilio then logs an error, and does not call again
 */
export async function tenLineFunction(sandbox: CustomerIoSandbox, { From, Body }: Text): Promise<void> {
  if (!KEYWORDS.includes(Body.trim().toUpperCase())) return;
  const { appApiKey, siteId, trackApiKey } = sandbox.workspace();
  const track = `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
  const filter = { and: [{ attribute: { field: 'phone', operator: 'eq', value: From } }] };
  const search = await send('POST', `${sandbox.appUrl}/v1/customers`, `Bearer ${appApiKey}`, { filter });
  const { ids } = (await search.json()) as { ids: string[] | null };
  for (const id of ids ?? [])
    await send('PUT', `${sandbox.trackUrl}/api/v1/customers/${id}`, track, { sms_unsubscribe: true });
}

async function send(method: string, url: string, authorization: string, body: unknown): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} was answered ${String(response.status)}`);
  return response;
}
