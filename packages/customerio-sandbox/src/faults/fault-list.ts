import type { Fault, FaultEffect, FaultHandle, FaultMatch, FaultSubject } from './fault';

/** The faults in force. The first that matches a request is played, alone. */
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

  /** The effect to play on this request, which counts as a hit. */
  strike(subject: FaultSubject): FaultEffect | undefined {
    for (const [id, { fault, hits }] of this.#active) {
      if (fault.match !== undefined && !matches(fault.match, subject)) continue;
      hits.count += 1;
      if (hits.count >= (fault.times ?? Infinity)) this.#active.delete(id);
      return fault.effect;
    }
    return undefined;
  }
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return (
    (match.workspace === undefined || match.workspace === subject.workspace) &&
    (match.api === undefined || match.api === subject.api) &&
    (match.operation === undefined || match.operation === subject.operation) &&
    (match.method === undefined || match.method === subject.method) &&
    (match.path === undefined || subject.path.search(match.path) >= 0) &&
    (match.bodyIncludes === undefined || subject.rawBody.includes(match.bodyIncludes))
  );
}
