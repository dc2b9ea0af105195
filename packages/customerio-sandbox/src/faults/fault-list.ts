import type { Fault, FaultEffect, FaultHandle, FaultMatch, FaultSubject } from './fault';

/** The active faults, in the order they were added. Only the first one that matches a request applies. */
export class FaultList {
  readonly #active = new Map<number, { fault: Fault; hits: { count: number } }>();
  #lastId = 0;

  add(fault: Fault): FaultHandle {
    const id = ++this.#lastId;
    const hits = { count: 0 };
    this.#active.set(id, { fault, hits });
    return {
      id,
      get hits() {
        return hits.count;
      },
      remove: () => {
        this.#active.delete(id);
      },
    };
  }

  clear(): void {
    this.#active.clear();
  }

  /** The effect to apply to a request, counted as a hit; undefined when no fault matches. */
  match(subject: FaultSubject): FaultEffect | undefined {
    for (const [id, { fault, hits }] of this.#active) {
      if (fault.match !== undefined && !matches(fault.match, subject)) continue;
      hits.count += 1;
      if (hits.count >= (fault.times ?? Infinity)) this.#active.delete(id);
      return fault.effect;
    }
    return undefined;
  }
}

const EXACT = ['workspace', 'api', 'operation', 'method'] as const;

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return (
    EXACT.every((field) => match[field] === undefined || match[field] === subject[field]) &&
    (match.path === undefined || subject.path.search(match.path) >= 0) &&
    (match.bodyIncludes === undefined || subject.rawBody.includes(match.bodyIncludes))
  );
}
