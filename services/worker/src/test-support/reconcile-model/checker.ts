import type { Channel } from '@optout-sync/shared/domain';
import { countrySpellings, findableSpellings, isSpellingOf, isStopped } from './reference';
import type { AttributeWrite, NumberOnChannel, Timeline } from './timeline';

/** A person at the end of a run. */
export interface FinalPerson {
  readonly cioId: string;
  readonly phone: unknown;
  readonly values: Readonly<Record<Channel, unknown>>;
}

/** A broken invariant, in one sentence, and whom it concerns. */
export interface Violation {
  readonly cioId: string;
  readonly text: string;
}

/** Writes of the worker that nothing in the timeline explains. */
export function checkWrites(timeline: Timeline, phones: readonly string[]): Violation[] {
  return timeline.writes.flatMap((write) => {
    const wrong = judge(timeline, write, phones);
    if (wrong === undefined) return [];
    const { tick, cioId, channel, value, before } = write;
    const what = `${String(value)} was written to ${cioId} on ${channel}, over ${String(before)}`;
    return [{ cioId, text: `tick ${tick}: ${what}, ${wrong}` }];
  });
}

/** What is wrong with a write; undefined where it is explained. */
function judge(timeline: Timeline, write: AttributeWrite, phones: readonly string[]): string | undefined {
  const { value, before, after } = write;
  if (value === false) {
    const isExplained = phones.some((phone) => explainsFalse(timeline, write, phone));
    return isExplained
      ? undefined
      : 'without a START that was not applied, of a number of theirs with a country';
  }
  if (value !== true) return 'which no message says';
  if (before === true) return isNeedless(timeline, write, phones) ? 'which says the same' : undefined;
  const isExplained = after !== true || phones.some((phone) => explainsTrue(timeline, write, phone));
  return isExplained ? undefined : 'without a stopped number that they had';
}

/** People who have one of these numbers, while it is stopped, and are not opted out. */
export function checkPeople(
  timeline: Timeline,
  subjects: readonly NumberOnChannel[],
  people: readonly FinalPerson[],
): Violation[] {
  const end = Infinity;
  const stopped = subjects.filter((subject) =>
    isStopped(timeline.messagesUntil(subject, end), timeline.policyAt(end)),
  );
  return stopped.flatMap(({ phone, channel }) =>
    people
      .filter((person) => findableSpellings(phone).includes(String(person.phone)))
      .filter(({ values }) => values[channel] !== true)
      .map(({ cioId, values }) => {
        const text = `${cioId} has ${phone}, stopped on ${channel}, and is ${String(values[channel])}`;
        return { cioId, text };
      }),
  );
}

/**
 * A START that was not applied before explains a write of `false`: one that was delivered since the number was last quiet,
 * and somebody who could be found by a spelling with its country since then.
 */
function explainsFalse(timeline: Timeline, { tick, cioId, channel }: AttributeWrite, phone: string): boolean {
  const subject = { phone, channel };
  const quiet = timeline.quietBefore(subject, tick);
  const hasStart = timeline
    .messagesUntil(subject, tick)
    .some((message) => message.kind === 'start' && message.tick > quiet);
  const found = timeline.phonesOf(cioId, quiet, tick);
  return hasStart && found.some((stored) => countrySpellings(phone).includes(String(stored)));
}

/** A number that was stopped, and that the person had, at a moment since it was last quiet explains a write of `true`. */
function explainsTrue(timeline: Timeline, { tick, cioId, channel }: AttributeWrite, phone: string): boolean {
  const subject = { phone, channel };
  const quiet = timeline.quietBefore(subject, tick);
  if (!timeline.phonesOf(cioId, quiet, tick).some((stored) => isSpellingOf(stored, phone))) return false;
  const messages = timeline.messagesUntil(subject, tick);
  // Messages may be processed in any order, so a STOP may decide for a moment although a later one is there.
  if (messages.some((message) => message.kind === 'stop' && message.tick > quiet)) return true;
  const moments = [quiet, ...timeline.policies.map((change) => change.tick), tick];
  return moments
    .filter((moment) => moment >= quiet && moment <= tick)
    .some((moment) => isStopped(timeline.messagesUntil(subject, moment), timeline.policyAt(moment)));
}

/**
 * Whether somebody who was opted out was written to again without a message. Judges only people who kept one number: what is
 * read of others may be older than what is written, and lag.
 */
function isNeedless(
  timeline: Timeline,
  { tick, cioId, channel }: AttributeWrite,
  phones: readonly string[],
): boolean {
  if (!timeline.hasOneNumber(cioId) || timeline.merged.has(cioId)) return false;
  const [stored] = timeline.phonesOf(cioId, 0, tick);
  const phone = phones.find((one) => isSpellingOf(stored, one));
  return phone !== undefined && !timeline.hasNews({ phone, channel }, tick);
}
