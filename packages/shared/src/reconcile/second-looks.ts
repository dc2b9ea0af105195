import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { parseMember, reconcileKey, toMember } from './keys';

/** In ms: 1 minute, 10 minutes, 1 hour and 24 hours after nobody had the number. */
const DELAYS_MS = [60_000, 600_000, 3_600_000, 86_400_000];

/** A look that is due. */
interface SecondLook {
  readonly subject: Subject;
  /** As it is stored. */
  readonly member: string;
}

/**
 * When to look again for people with a number that nobody had: a profile that is created at the same time as the message
 * arrives is often not searchable yet.
 */
export class SecondLooks {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    /** In ms; tests replace them. */
    private readonly delaysMs: readonly number[] = DELAYS_MS,
  ) {}

  /** Schedules all looks at a phone from now on, in place of those that are open. */
  async schedule(subject: Subject): Promise<void> {
    const now = Date.now();
    const looks = this.delaysMs.flatMap((delayMs, n) => [now + delayMs, `${String(n)}:${toMember(subject)}`]);
    if (looks.length > 0) await this.redis.zadd(this.key(subject.workspace), ...looks);
  }

  /** Schedules one look in `delayMs`, in place of such a one that is open. */
  async scheduleOne(subject: Subject, delayMs: number): Promise<void> {
    await this.redis.zadd(this.key(subject.workspace), Date.now() + delayMs, `9:${toMember(subject)}`);
  }

  /** Returns at most `limit` looks that are due, the oldest first. They stay until they are removed. */
  async due(workspace: string, limit: number): Promise<SecondLook[]> {
    const key = this.key(workspace);
    const members = await this.redis.zrangebyscore(key, '-inf', Date.now(), 'LIMIT', 0, limit);
    return members.flatMap((member) => {
      const subject = parseMember(workspace, member.replace(/^\d+:/, ''));
      return subject ? [{ subject, member }] : [];
    });
  }

  async remove({ subject, member }: SecondLook): Promise<void> {
    await this.redis.zrem(this.key(subject.workspace), member);
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, 'looks');
  }
}
