import type { MessageSid } from '../domain/twilio-ids';

/** When a version of an entry was made and applied, by which build under which configuration. Times in ms since 1970 by Redis' clock. */
export interface VersionNote {
  readonly version: number;
  readonly writtenAt: number;
  /** The short id of the build and configuration; `-` where none was given. `Origins` has the texts. */
  readonly writtenBy: string;
  /**
   * `event`: a message was recorded. `correction`: another delivery of a known message showed a better time. `merge`: the entry
   * under another spelling of the number was merged into this one.
   */
  readonly cause: 'event' | 'correction' | 'merge';
  /** The message that made the version: the end of its sid, or the whole sid where the message is in the history; '' for a merge. */
  readonly messageSid: string;
  /** Missing until Customer.io held the version. A version that a later one replaced before may never be applied. */
  readonly appliedAt?: number;
  readonly appliedBy?: string;
}

const CAUSES: Readonly<Record<string, VersionNote['cause']>> = { c: 'correction', m: 'merge' };

/** The note on a version that a merge made. @param writtenAt in ms since 1970 */
export function mergeNote(writtenAt: number, origin: string): string {
  return `${String(writtenAt)} ${origin} m`;
}

/**
 * Parses the fields `v:<version>` of an entry: "<writtenAt> <origin> <e or c><end of the sid>[ <appliedAt> <origin>]", with `m` in place
 * of the message for a merge. Versions that earlier releases made have none.
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
        cause: CAUSES[cause.charAt(0)] ?? 'event',
        messageSid: whole.get(end) ?? end,
        ...(appliedAt !== undefined && { appliedAt: Number(appliedAt), appliedBy: appliedBy ?? '-' }),
      };
    })
    .sort((a, b) => a.version - b.version);
}
