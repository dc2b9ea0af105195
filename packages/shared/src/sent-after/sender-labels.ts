import type { Cluster, Redis } from 'ioredis';
import { isMessagingServiceSid } from '../domain/twilio-ids';
import { sentAfterKey } from './keys';

/** Metrics name at most so many senders; the others are `other`. */
const MAX_LABELS = 200;
const OTHER = 'other';

/**
 * Names the senders of metrics: by the name that the configuration gives them, else a Messaging Service by its SID and a number by its last
 * four digits. All workers share the names, so that each sender is the same series everywhere.
 *
 * In Redis: the set `<prefix>:{sent-after}:senders`.
 */
export class SenderLabels {
  private readonly known = new Set<string>();
  private readonly key: string;

  /** @param nameOf the configured name of a sender */
  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly nameOf: (sender: string) => string | undefined,
  ) {
    this.key = sentAfterKey(prefix, 'senders');
  }

  /** Returns the label of a sender as it is known here: `other` where there are too many. */
  labelOf(sender: string): string {
    const label = this.nameOf(sender) ?? shortOf(sender);
    return this.known.has(label) ? label : OTHER;
  }

  /** Adds senders, as far as there is room, and takes over those that other workers added. Returns the labels that are new here. */
  async add(senders: Iterable<string>): Promise<string[]> {
    const wanted = new Set([...senders].map((sender) => this.nameOf(sender) ?? shortOf(sender)));
    const before = new Set(this.known);
    for (const label of await this.redis.smembers(this.key)) this.known.add(label);
    const room = Math.max(0, MAX_LABELS - 1 - this.known.size);
    const added = [...wanted].filter((label) => !this.known.has(label)).slice(0, room);
    if (added.length > 0) await this.redis.sadd(this.key, ...added);
    for (const label of added) this.known.add(label);
    return [...this.known].filter((label) => !before.has(label));
  }
}

/** No whole phone number: its last four digits. */
function shortOf(sender: string): string {
  return isMessagingServiceSid(sender) ? sender : sender.replace(/\D/g, '').slice(-4) || OTHER;
}
