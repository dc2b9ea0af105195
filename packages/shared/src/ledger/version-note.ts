import type { MessageSid } from '../domain/twilio-ids';

/** When a version of an entry was made and applied, by which build under which configuration. Times in ms since 1970 by Redis' clock. */
export interface VersionNote {
  readonly version: number;
  readonly writtenAt: number;
  /** The short id of the build and configuration; `-` where none was given. `Origins` has the texts. */
  readonly writtenBy: string;
  /** `event`: a message was recorded. `correction`: another delivery of a known message showed a better time. */
  readonly cause: 'event' | 'correction';
  /** The message that made the version: the end of its sid, or the whole sid where the message is in the history. */
  readonly messageSid: string;
  /** Missing until Customer.io held the version. A version that a later one replaced before may never be applied. */
  readonly appliedAt?: number;
  readonly appliedBy?: string;
}

/**
 * Parses the fields `v:<version>` of an entry: "<writtenAt> <origin> <e or c><end of the sid>[ <appliedAt> <origin>]". Versions that
 * earlier releases made have none.
 *
 * @param sids the messages in the history
 */
export function parseVersionNotes(
  hash: Readonly<Record<string, string>>,
  sids: readonly MessageSid[],
): VersionNote[] {
  const whole = new Map<string, MessageSid>(sids.map((sid) => [sid.slice(-8), sid]));
  return Object.entries(hash)
    .filter(([field]) => field.startsWith('v:'))
    .map(([field, value]) => {
      const [writtenAt, writtenBy = '-', cause = '', appliedAt, appliedBy] = value.split(' ');
      const end = cause.slice(1);
      return {
        version: Number(field.slice(2)),
        writtenAt: Number(writtenAt),
        writtenBy,
        cause: cause.startsWith('c') ? ('correction' as const) : ('event' as const),
        messageSid: whole.get(end) ?? end,
        ...(appliedAt !== undefined && { appliedAt: Number(appliedAt), appliedBy: appliedBy ?? '-' }),
      };
    })
    .sort((a, b) => a.version - b.version);
}
