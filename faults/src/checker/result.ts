import type { Violations } from './checker';

/** What came of a row. */
export interface Result {
  readonly row: string;
  readonly faults: number;
  /** Messages that were answered 2xx, each counted once. */
  readonly accepted: number;
  /** Requests that brought them, repeats and forgeries included, and how many of those were not answered 2xx. */
  readonly deliveries: number;
  readonly refusals: number;
  readonly complaints: Violations;
  /** People that a request brought into being. */
  readonly created: number;
  readonly deadLetters: number;
  /** From the end of each fault until the last message accepted before had its outcome. */
  readonly recoveryMs: readonly number[];
  readonly seconds: number;
  /** Why it could not be played to its end. */
  readonly failure?: string;
}

/** Whether the system did what it promises. */
export function held({ complaints, created, deadLetters, failure }: Result): boolean {
  const { lost, doubled, wrong } = complaints;
  return lost.length + doubled.length + wrong.length + created + deadLetters === 0 && failure === undefined;
}
