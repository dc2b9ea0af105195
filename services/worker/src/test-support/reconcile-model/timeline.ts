import type { Channel, ConsentPolicy, Subject } from '@optout-sync/shared/domain';
import { isSpellingOf, isStopped, type ReferenceMessage } from './reference';

export type NumberOnChannel = Pick<Subject, 'channel'> & { readonly phone: string };

/** A message that has been delivered, at a tick. */
export interface Delivery extends ReferenceMessage {
  readonly tick: number;
  readonly phone: string;
  readonly channel: Channel;
  readonly sid: string;
}

/** A request of the worker that wrote the attribute of a person. */
export interface AttributeWrite {
  readonly tick: number;
  readonly cioId: string;
  readonly channel: Channel;
  readonly value: unknown;
  /** What the person had before, and after it: Customer.io ignores a write that is older than the present value. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What happened to the numbers and people of one seed, in its order: a tick is a position in it. Pure data, which the
 * checker judges after the run.
 */
export class Timeline {
  readonly deliveries: Delivery[] = [];
  readonly writes: AttributeWrite[] = [];
  readonly policies: { readonly tick: number; readonly policy: ConsentPolicy }[] = [];
  /** People with whom others were merged: what they have is partly older. */
  readonly merged = new Set<string>();
  /** The number that a person has from a tick on, as it is stored; undefined for none. By cio_id. */
  private readonly phones = new Map<string, { readonly tick: number; readonly stored: unknown }[]>();
  /** When all messages of a number had their outcome, and whether no sync was left and all changes were visible. By `keyOf`. */
  private readonly settled = new Map<string, { readonly tick: number; readonly isQuiet: boolean }[]>();
  /** What else happened, for failures. */
  private readonly remarks: { readonly tick: number; readonly cioId: string; readonly text: string }[] = [];
  private tick = 0;

  /** The next tick. */
  next(): number {
    return ++this.tick;
  }

  /** Notes a change of a person that nothing is judged by. */
  remark(cioId: string, text: string): void {
    this.remarks.push({ tick: this.next(), cioId, text });
  }

  /** Everything about a person and the numbers they had, in its order, for a failure. */
  describe(cioId: string, phones: readonly string[]): string {
    const had = this.phonesOf(cioId, 0, Infinity);
    const own = phones.filter((phone) => had.some((stored) => isSpellingOf(stored, phone)));
    const lines = [
      ...(this.phones.get(cioId) ?? []).map(({ tick, stored }) => [tick, `has ${String(stored)}`]),
      ...this.remarks.filter((remark) => remark.cioId === cioId).map(({ tick, text }) => [tick, text]),
      ...this.writes
        .filter((write) => write.cioId === cioId)
        .map(({ tick, channel, value, after }) => [
          tick,
          `${channel} written ${String(value)}, is ${String(after)}`,
        ]),
      ...this.deliveries
        .filter(({ phone }) => own.includes(phone))
        .map(({ tick, phone, channel, kind, sender, at }) => [
          tick,
          `${kind} of ${phone} on ${channel} to ${sender}, sent at ${at % 1_000_000}`,
        ]),
      ...this.policies.map(({ tick, policy }) => [tick, `policy ${policy}`]),
      ...[...this.settled]
        .filter(([key]) => own.some((phone) => key.endsWith(phone)))
        .flatMap(([key, moments]) =>
          moments.map(({ tick, isQuiet }) => [tick, `${key} ${isQuiet ? 'quiet' : 'settled'}`]),
        ),
    ] as [number, string][];
    return lines
      .sort(([one], [other]) => one - other)
      .map(([tick, text]) => `  ${tick} ${text}`)
      .join('\n');
  }

  notePhone(cioId: string, stored: unknown): void {
    const changes = this.phones.get(cioId) ?? [];
    if (changes.length > 0 && changes.at(-1)?.stored === stored) return;
    this.phones.set(cioId, [...changes, { tick: this.next(), stored }]);
  }

  noteSettled(subject: NumberOnChannel, { isQuiet }: { readonly isQuiet: boolean }): void {
    const key = keyOf(subject);
    this.settled.set(key, [...(this.settled.get(key) ?? []), { tick: this.next(), isQuiet }]);
  }

  /** The latest moment before a tick when no sync of a number was left and all changes were visible; 0 for none. */
  quietBefore(subject: NumberOnChannel, tick: number): number {
    return this.latestSettled(subject, tick, (moment) => moment.isQuiet);
  }

  /** Whether a message of a number was delivered since it was last settled before a tick. */
  hasNews(subject: NumberOnChannel, tick: number): boolean {
    const settled = this.latestSettled(subject, tick, () => true);
    return this.messagesUntil(subject, tick).some((message) => message.tick > settled);
  }

  /** All values of a person's number from one tick to another, both inclusive. */
  phonesOf(cioId: string, from: number, to: number): unknown[] {
    const changes = this.phones.get(cioId) ?? [];
    return changes
      .filter(({ tick }, n) => tick <= to && (changes[n + 1]?.tick ?? Infinity) >= from)
      .map(({ stored }) => stored);
  }

  /** The messages of a number up to a tick. */
  messagesUntil({ phone, channel }: NumberOnChannel, tick: number): Delivery[] {
    return this.deliveries.filter(
      (one) => one.tick <= tick && one.phone === phone && one.channel === channel,
    );
  }

  /** Whether the person has had one number all the time. */
  hasOneNumber(cioId: string): boolean {
    return this.phones.get(cioId)?.length === 1;
  }

  policyAt(tick: number): ConsentPolicy {
    return this.policies.filter((change) => change.tick <= tick).at(-1)?.policy ?? 'any';
  }

  /** Whether a number is stopped by its latest message under each policy since then. */
  staysStopped(subject: NumberOnChannel): boolean {
    const messages = this.messagesUntil(subject, Infinity);
    const latest = messages.at(-1)?.tick ?? 0;
    const later = this.policies.filter(({ tick }) => tick > latest).map(({ policy }) => policy);
    return [this.policyAt(latest), ...later].every((policy) => isStopped(messages, policy));
  }

  private latestSettled(
    subject: NumberOnChannel,
    before: number,
    matches: (moment: { readonly isQuiet: boolean }) => boolean,
  ): number {
    const moments = (this.settled.get(keyOf(subject)) ?? []).filter(matches);
    return Math.max(0, ...moments.map(({ tick }) => tick).filter((tick) => tick < before));
  }
}

function keyOf({ phone, channel }: NumberOnChannel): string {
  return `${channel}:${phone}`;
}
