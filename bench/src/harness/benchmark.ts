import type { BenchRedis } from './bench-redis';
import type { Result } from './contest';
import type { Cores } from './cores';

/** What a benchmark is given. */
export interface Bench {
  /** Fewer rounds and shorter windows, to see that all works: its figures are not to be kept. */
  readonly quick: boolean;
  readonly rounds: number;
  readonly cores: Cores | undefined;
  /** A folder that goes when all is done. */
  readonly folder: string;
  /** Tells of progress. */
  readonly say: (line: string) => void;
  /** Starts a Redis beside what is measured; it is stopped after the benchmark. */
  readonly redis: (appendfsync?: 'everysec' | 'always') => Promise<BenchRedis>;
  /** Has something done after the benchmark, however it ends; the last first. */
  readonly after: (work: () => Promise<unknown>) => void;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Something the benchmark is held to. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean;
}

export interface Outcome {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What the tables were made of, round by round. */
  readonly rounds: readonly Result[];
  /** What a reader of the tables has to know. */
  readonly notes: readonly string[];
}

/** A set of programs measured side by side. */
export interface Benchmark {
  readonly name: string;
  /** Completes "measures ...". */
  readonly about: string;
  run(bench: Bench): Promise<Outcome>;
}
