import type { Channel } from '@optout-sync/shared/domain';
import type { Result } from './result';
import type { NewPerson, Scene } from './scene';

/** A row of a table of docs/coverage.md. */
export interface Way {
  /** Its first cell. */
  readonly way: string;
  /** What Customer.io holds at the end. */
  readonly result: Result;
  /** What it holds with `tenLineFunction` instead; undefined where the way has nothing to do with it. */
  readonly ofFunction: Result | undefined;
  /** Default `sms`. */
  readonly channel?: Channel;
  /** Who is at Customer.io before; default: one person with an id and the phone. */
  readonly people?: (phone: string) => readonly NewPerson[];
  /** Says no, in this way; it is awaited. */
  readonly tell: (scene: Scene) => unknown;
  /** What else holds at the end. */
  readonly also?: (scene: Scene) => Promise<void>;
}
