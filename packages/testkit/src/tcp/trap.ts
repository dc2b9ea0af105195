export type Direction = 'to_server' | 'to_client';

export interface TrapOptions {
  /** Tried on the bytes as Latin-1, over the borders of pieces; a match may be 1,000 bytes long. */
  readonly pattern: RegExp;
  /** Default: what clients send. */
  readonly direction?: Direction;
  /**
   * What becomes of the connection the match came on:
   * `hold`: everything before the match has gone through, the match and whatever follows is lost, both ways;
   * `hold_answer`: the match goes through, what the other side says from then on is lost;
   * `pass`: nothing, it is only told.
   * With the first two the connection itself stays, until one side closes it.
   */
  readonly then: 'hold' | 'hold_answer' | 'pass';
}

/** Waits for some bytes to pass, once. */
export interface Trap {
  /** Resolves when it has happened: with `hold_answer`, when the other side has answered. */
  readonly sprung: Promise<void>;
  /** Ends the wait; `sprung` then never resolves, unless it has. */
  remove(): void;
}

const CARRIED_BYTES = 1_000;

/** The bytes of one direction of one connection, as traps look at them. */
export class Window {
  private carried = '';

  /**
   * Where in `piece` the first match of `pattern` begins that ends in it: 0 when it began in what came before, undefined
   * without one. Does not move on: see `advance`.
   */
  find(pattern: RegExp, piece: Buffer): number | undefined {
    const text = this.carried + piece.toString('latin1');
    for (const match of text.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))) {
      const end = match.index + match[0].length;
      if (end > this.carried.length) return Math.max(0, match.index - this.carried.length);
    }
    return undefined;
  }

  advance(piece: Buffer): void {
    this.carried = (this.carried + piece.toString('latin1')).slice(-CARRIED_BYTES);
  }
}
