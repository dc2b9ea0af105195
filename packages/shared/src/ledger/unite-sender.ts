import { supersedes, type SenderConsent } from '../domain/consent';
import type { RecordedEvent } from './ledger-entry';

/** When an opt-out began, in ms since 1970, and by which message. */
interface OptOutStart {
  readonly at: number;
  readonly sid: string;
}

/** What decides for a sender in the united entry. */
interface UnitedSender {
  readonly deciding: RecordedEvent | undefined;
  /** The first opt-out of the standing one, unless that is the deciding one. */
  readonly first: OptOutStart | undefined;
}

/**
 * Unites what entries of one subscriber say of a sender: the later of their deciding messages decides, and a standing opt-out
 * began with the older of theirs since the last opt-in.
 *
 * @param entries their hashes; see ledger-entry.ts
 * @param events the united history
 */
export function uniteSender(
  name: string,
  entries: readonly Readonly<Record<string, string>>[],
  events: readonly RecordedEvent[],
): UnitedSender {
  const ends = entries.map((entry) => endOf(name, entry, events));
  const deciding = latest(ends.flatMap((end) => end.deciding ?? []));
  const first = deciding?.kind === 'stop' ? firstOptOut(name, ends, events) : undefined;
  return { deciding, first: first?.sid === deciding?.messageSid ? undefined : first };
}

/** What an entry says of a sender: its deciding message, and the first opt-out of a standing one. */
interface SenderEnd {
  readonly deciding: RecordedEvent | undefined;
  readonly first: OptOutStart | undefined;
}

function endOf(
  name: string,
  entry: Readonly<Record<string, string>>,
  events: readonly RecordedEvent[],
): SenderEnd {
  const [number = '', sid] = entry[`s:${name}`]?.split(' ') ?? [];
  const deciding = sid === undefined ? undefined : events.find(({ messageSid }) => messageSid === sid);
  if (deciding?.kind !== 'stop') return { deciding, first: undefined };
  const [at, first] = entry[`o:${number}`]?.split(' ') ?? [];
  return {
    deciding,
    first:
      at !== undefined && first !== undefined
        ? { at: Number(at), sid: first }
        : { at: deciding.occurredAt, sid: deciding.messageSid },
  };
}

/** The first opt-out of the standing one: the older of both, since the last opt-in. */
function firstOptOut(
  name: string,
  ends: readonly SenderEnd[],
  events: readonly RecordedEvent[],
): OptOutStart | undefined {
  const optIns = events.filter(({ sender, kind }) => sender === name && kind === 'start');
  const after = Math.max(...optIns.map(({ occurredAt }) => occurredAt));
  const starts = ends.flatMap(({ first }) => first ?? []).filter(({ at }) => at >= after);
  return starts.sort((a, b) => a.at - b.at)[0];
}

/** The message that decides, of those that decided in one of the entries. */
function latest(deciding: readonly RecordedEvent[]): RecordedEvent | undefined {
  return deciding.reduce<RecordedEvent | undefined>(
    (last, next) => (supersedes(consentOf(next), last && consentOf(last)) ? next : last),
    undefined,
  );
}

function consentOf({ kind, orderAt, occurredAt, source, messageSid }: RecordedEvent): SenderConsent {
  return { state: kind === 'stop' ? 'stopped' : 'started', orderAt, occurredAt, source, messageSid };
}
