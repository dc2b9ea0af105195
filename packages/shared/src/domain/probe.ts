import { createHmac, randomBytes } from 'node:crypto';

/*
 * A probe is a request that `optout-sync doctor` sends to the public URL, signed as a webhook is. It passes the same proxies and
 * checks; ingest answers it with a proof and neither stores nor counts it. Whoever can send one knows the auth token, and
 * could send messages as well.
 */

/** The parameter of the form that makes it a probe. Twilio sends none of this name. */
export const PROBE_PARAMETER = 'OptoutSyncProbe';

/** The header of the answer that holds the proof. */
export const PROBE_HEADER = 'x-optout-sync-probe';

/** How far the times of sending and of receiving may be apart, in ms: a probe that was recorded is soon useless. */
export const PROBE_VALID_MS = 300_000;

const FORM = /^(\d{13})\.[0-9a-f]{32}$/;

/** A new probe, sent at `now` (ms since 1970). */
export const newProbe = (now: number): string => `${String(now)}.${randomBytes(16).toString('hex')}`;

/** When the probe was sent, in ms since 1970; `undefined` for a text that is no probe. */
export function probeSentAt(probe: string): number | undefined {
  const sentAt = FORM.exec(probe)?.[1];
  return sentAt === undefined ? undefined : Number(sentAt);
}

/** Proves that the answer is by one who has the auth token: no other server at the URL can make it. */
export function proofOf(probe: string, authToken: string): string {
  return createHmac('sha256', authToken).update(`optout-sync probe ${probe}`).digest('hex');
}
