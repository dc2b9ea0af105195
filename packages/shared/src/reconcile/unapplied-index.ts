import type { Cluster, Redis } from 'ioredis';
import type { DestinationName } from '../domain/destination-name';
import { groupBy } from '../domain/group-by';
import type { Subject } from '../domain/subject';
import { parseMember, reconcileKey, toMember, toMembers } from './keys';

/**
 * The phones whose present version Customer.io does not hold yet, by the time at which the first event was received that
 * waits for it. Added after an event is recorded, removed once its version is applied or dead-lettered. Each optional
 * destination has an index of its own: of the phones whose applied version it does not hold yet, by the time of the oldest
 * request to write it. Added before that version is marked as applied.
 *
 * Known hole: an event that is recorded in the moment in which an earlier one is removed is missing. Only when its sync job
 * is lost as well does anything wait for it: the sweep.
 */
export class UnappliedIndex {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly destination?: DestinationName,
  ) {}

  /** @param receivedAt in ms since 1970 */
  async add(subject: Subject, receivedAt: number): Promise<void> {
    await this.redis.zadd(this.key(subject.workspace), 'NX', receivedAt, toMember(subject));
  }

  /** Gives phones of one workspace another time; those that are not in the index stay out of it. @param at in ms since 1970 */
  async touch(subjects: readonly Subject[], at: number): Promise<void> {
    const [first] = subjects;
    if (!first) return;
    const members = subjects.flatMap((subject) => [at, toMember(subject)]);
    await this.redis.zadd(this.key(first.workspace), 'XX', ...members);
  }

  /** Adds phones, each with the time of its first event, in ms since 1970. */
  async addAll(added: readonly { readonly subject: Subject; readonly receivedAt: number }[]): Promise<void> {
    const byWorkspace = groupBy(added, ({ subject }) => subject.workspace);
    await Promise.all(
      [...byWorkspace].map(([workspace, some]) => {
        const scored = some.flatMap(({ subject, receivedAt }) => [receivedAt, toMember(subject)]);
        return this.redis.zadd(this.key(workspace), 'NX', ...scored);
      }),
    );
  }

  async remove(subject: Subject): Promise<void> {
    await this.redis.zrem(this.key(subject.workspace), ...toMembers(subject));
  }

  /** Returns the phones with an event received before `before`, in ms since 1970, the oldest first. */
  async list(
    workspace: string,
    { before, offset, limit }: { readonly before: number; readonly offset: number; readonly limit: number },
  ): Promise<{ subject: Subject; receivedAt: number }[]> {
    const key = this.key(workspace);
    const found = await this.redis.zrangebyscore(key, '-inf', before, 'WITHSCORES', 'LIMIT', offset, limit);
    const listed = [];
    for (let i = 0; i + 1 < found.length; i += 2) {
      const subject = parseMember(workspace, found[i] ?? '');
      if (subject) listed.push({ subject, receivedAt: Number(found[i + 1]) });
    }
    return listed;
  }

  private key(workspace: string): string {
    const key = this.destination === undefined ? 'unapplied' : (`unapplied:${this.destination}` as const);
    return reconcileKey(this.prefix, workspace, key);
  }
}
