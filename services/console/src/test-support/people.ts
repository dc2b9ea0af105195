import { randomBytes } from 'node:crypto';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import type { ConsoleContext } from '../context';

/** The sender of events, unless overridden. */
export const SENDER = '+15005550006';
export const ACCOUNT = `AC${'1'.repeat(32)}`;

/** What somebody would put wherever text is accepted. */
export const HOSTILE =
  '\u202e<script>window.attacked = true</script><img src=x onerror="window.attacked = true">';

let phones = 0;

/** A phone on SMS that no test of this process has used. */
export function freshSubject(more: Partial<Subject> = {}): Subject {
  const phone = InboundEvent.shape.phone.parse(`+1415557${String(1_000 + phones++)}`);
  return { workspace: 'default', channel: 'sms', phone, ...more };
}

export const freshSid = (): string => `SM${randomBytes(16).toString('hex')}`;

/** Records an event of a phone, a STOP unless overridden, and returns it. */
export async function record(
  { stores }: ConsoleContext,
  subject: Subject,
  more: Readonly<Record<string, unknown>> = {},
): Promise<InboundEvent> {
  const at = Date.now() - 3_600_000;
  const event = InboundEvent.parse({
    version: 1,
    messageSid: freshSid(),
    accountSid: ACCOUNT,
    kind: 'stop',
    channel: subject.channel,
    phone: subject.phone,
    sender: SENDER,
    source: 'webhook',
    occurredAt: at,
    receivedAt: at,
    ...more,
  });
  await stores.ledger.record(subject, event);
  return event;
}

/** Stores that Customer.io holds the present version, for these people. */
export async function markApplied(
  { stores }: ConsoleContext,
  subject: Subject,
  people: readonly string[],
): Promise<void> {
  const version = (await stores.ledger.read(subject))?.version ?? 0;
  const outcome = people.length > 0 ? 'applied' : 'no_match';
  await stores.ledger.markApplied(subject, version, { outcome, people });
}

/** Overwrites fields of a stored ledger entry, as a damaged one has them. */
export async function damage(
  { stores: { redis, prefix } }: ConsoleContext,
  { workspace, channel, phone }: Subject,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await redis.hset(`${prefix}:ledger:{${workspace}:${channel}:${phone}}`, fields);
}

/** The path of a person's page. */
export const pathOf = ({ people }: ConsoleContext, subject: Subject): string =>
  `/people/${people.idOf(subject)}`;
