import { Channel, E164, e164Spellings } from '../domain/phone';
import type { DestinationName } from '../domain/destination-name';
import type { Subject } from '../domain/subject';

/** What the reconciler stores for a workspace. Its keys share one cluster slot. */
export type ReconcileKey =
  | 'marks'
  | 'looks'
  | 'unapplied'
  | `unapplied:${DestinationName}`
  | 'lease'
  | 'pass'
  | 'requested-pass'
  | `catch-up:${DestinationName}`
  | `findings:${string}`
  | 'person-looks'
  | 'person-lease'
  | `newcomers:${string}`;

export function reconcileKey(prefix: string, workspace: string, key: ReconcileKey): string {
  return `${prefix}:reconcile:{${workspace}}:${key}`;
}

/** A phone on a channel, as a member of a workspace's sets. */
export function toMember({ channel, phone }: Pick<Subject, 'channel' | 'phone'>): string {
  return `${channel}:${phone}`;
}

/** The members of a phone under all spellings of its number: an older version wrote the one that Twilio sent. */
export function toMembers({ channel, phone }: Pick<Subject, 'channel' | 'phone'>): string[] {
  return e164Spellings(phone).map((spelling) => toMember({ channel, phone: spelling }));
}

/** Parses a member; `undefined` for one that no version wrote. */
export function parseMember(workspace: string, member: string): Subject | undefined {
  const [, channel, phone] = /^([^:]+):(.+)$/.exec(member) ?? [];
  const [parsedChannel, parsedPhone] = [Channel.safeParse(channel), E164.safeParse(phone)];
  if (!parsedChannel.success || !parsedPhone.success) return undefined;
  return { workspace, channel: parsedChannel.data, phone: parsedPhone.data };
}
