import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { DestinationName } from '../domain/destination-name';
import { reconcileKey, toMember, toMembers } from './keys';

/** The second looks of a phone: by their number, and that of one that was scheduled alone. */
const LOOKS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** What the reconciler stores of single phones, in the sets of their workspace: to erase it. */
export class ReconciledPhones {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  /** Removes all that waits to be compared or applied. */
  async forget(subject: Subject): Promise<void> {
    const members = toMembers(subject);
    const key = (name: Parameters<typeof reconcileKey>[2]): string =>
      reconcileKey(this.prefix, subject.workspace, name);
    await this.forgetPeople(subject);
    await this.redis.hdel(key('marks'), ...members);
    await this.redis.zrem(key('looks'), ...LOOKS.flatMap((n) => members.map((member) => `${n}:${member}`)));
    await this.redis.zrem(key('unapplied'), ...members);
    for (const name of DestinationName.options) await this.redis.zrem(key(`unapplied:${name}`), ...members);
  }

  /** Removes the people who got the number. */
  async forgetPeople(subject: Subject): Promise<void> {
    await this.redis.del(reconcileKey(this.prefix, subject.workspace, `newcomers:${toMember(subject)}`));
  }
}
