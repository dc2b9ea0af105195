import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { DueSet, type Due } from './due-set';
import { parseMember, reconcileKey, toMember } from './keys';

/** In ms: 10 seconds and 1 minute after the person changed. */
const DELAYS_MS = [10_000, 60_000];

/** A look that is due. */
export interface PersonLook extends Due {
  readonly subject: Subject;
  /** Missing where the person was reported without it. */
  readonly cioId?: string;
}

/**
 * When to look again for a person who got a stopped number: the search index, or the answer for a cio_id, may lag behind the
 * change that was reported.
 */
export class PersonLooks {
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

  /** Schedules all looks from now on, in place of those that are open for the same person and phone. */
  async schedule(subject: Subject, cioId?: string): Promise<void> {
    const now = this.now();
    const looks = this.delaysMs.flatMap((delayMs, n) => [
      now + delayMs,
      [String(n), toMember(subject), cioId ?? ''].join(' '),
    ]);
    if (looks.length > 0) await this.redis.zadd(this.key(subject.workspace), ...looks);
  }

  /** Returns at most `limit` looks that are due, the oldest first. They stay until they are removed. */
  async due(workspace: string, limit: number): Promise<PersonLook[]> {
    const found = await this.dueSet.due(this.key(workspace), limit);
    return found.flatMap((due) => {
      const [, phone = '', ...id] = due.member.split(' ');
      const subject = parseMember(workspace, phone);
      const cioId = id.join(' ');
      return subject ? [{ ...due, subject, ...(cioId !== '' && { cioId }) }] : [];
    });
  }

  /** Removes looks that were carried out, unless they were scheduled anew meanwhile. */
  async remove(workspace: string, looks: readonly PersonLook[]): Promise<void> {
    await this.dueSet.remove(this.key(workspace), looks);
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, 'person-looks');
  }
}
