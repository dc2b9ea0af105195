import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { DueSet, type Due } from './due-set';
import { parseMember, reconcileKey, toMember } from './keys';

/** In ms: 1 minute, 10 minutes, 1 hour and 24 hours after nobody had the number. */
const DELAYS_MS = [60_000, 600_000, 3_600_000, 86_400_000];

/** A look that is due. */
interface SecondLook extends Due {
  readonly subject: Subject;
}

/**
 * When to look again for people with a number that nobody had: a profile that is created at the same time as the message
 * arrives is often not searchable yet.
 */
export class SecondLooks {
  private readonly dueSet: DueSet;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    /** In ms; tests replace them. */
    private readonly delaysMs: readonly number[] = DELAYS_MS,
    /** In ms since 1970. */
    private readonly now: () => number = Date.now,
  ) {
    this.dueSet = new DueSet(redis, now);
  }

  /** Schedules all looks at a phone from now on, in place of those that are open. */
  async schedule(subject: Subject): Promise<void> {
    const now = this.now();
    const looks = this.delaysMs.flatMap((delayMs, n) => [now + delayMs, `${String(n)}:${toMember(subject)}`]);
    if (looks.length > 0) await this.redis.zadd(this.key(subject.workspace), ...looks);
  }

  /** Schedules one look in `delayMs`, in place of such a one that is open. */
  async scheduleOne(subject: Subject, delayMs: number): Promise<void> {
    await this.redis.zadd(this.key(subject.workspace), this.now() + delayMs, `9:${toMember(subject)}`);
  }

  /** Returns at most `limit` looks that are due, the oldest first. They stay until they are removed. */
  async due(workspace: string, limit: number): Promise<SecondLook[]> {
    const found = await this.dueSet.due(this.key(workspace), limit);
    return found.flatMap((due) => {
      const subject = parseMember(workspace, due.member.replace(/^\d+:/, ''));
      return subject ? [{ ...due, subject }] : [];
    });
  }

  /** Removes a look that was carried out, unless it was scheduled anew meanwhile. */
  async remove(look: SecondLook): Promise<void> {
    await this.dueSet.remove(this.key(look.subject.workspace), [look]);
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, 'looks');
  }
}
