export type Direction = 'to_server' | 'to_client';

export interface TrapOptions {
  /** Matched against the bytes as Latin-1, across the borders of chunks; a match has at most 1,000 bytes. */
  readonly pattern: RegExp;
  /** Default: `to_server`. */
  readonly direction?: Direction;
  /**
   * What happens to the connection of the match:
   * `hold`: everything before the match passes; the match and all that follows is discarded, in both directions;
   * `hold_answer`: the match passes; what the other side sends from then on is discarded;
   * `pass`: nothing, `sprung` only resolves.
   * With the first two the connection stays open until one side closes it.
   */
  readonly then: 'hold' | 'hold_answer' | 'pass';
}

/** Waits once for bytes that match. */
export interface Trap {
  /** Resolves after the match; with `hold_answer`, when the other side has answered. */
  readonly sprung: Promise<void>;
  /** Ends the wait: `sprung` then never resolves, unless it already has. */
  remove(): void;
}

const WINDOW_BYTES = 1_000;

/** The latest bytes of one direction of one connection, for traps to search. */
export class Window {
  private earlier = '';

  /**
   * The index in `chunk` of the first match of `pattern` that ends in it: 0 when the match begins in an earlier chunk,
   * undefined without a match. Does not add `chunk` to the window: see `advance`.
   */
  find(pattern: RegExp, chunk: Buffer): number | undefined {
    const text = this.earlier + chunk.toString('latin1');
    for (const match of text.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))) {
      const end = match.index + match[0].length;
      if (end > this.earlier.length) return Math.max(0, match.index - this.earlier.length);
    }
    return undefined;
  }

  advance(chunk: Buffer): void {
    this.earlier = (this.earlier + chunk.toString('latin1')).slice(-WINDOW_BYTES);
  }
}
