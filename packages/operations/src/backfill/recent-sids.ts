/** The sids of the latest messages, at most `capacity`: the memory does not grow with the length of a log. */
export class RecentSids {
  private readonly sids = new Set<string>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.sids.size;
  }

  /** Adds a sid and forgets the oldest one beyond the capacity. Returns whether it was new. */
  add(sid: string): boolean {
    if (this.sids.has(sid)) return false;
    this.sids.add(sid);
    if (this.sids.size > this.capacity) {
      for (const oldest of this.sids) {
        this.sids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
