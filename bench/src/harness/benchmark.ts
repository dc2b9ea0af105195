import type { ContenderResult } from './compare';
import type { Cores } from './machine';
import type { BenchRedis } from './redis';

/** What a benchmark runs with. */
export interface BenchContext {
  /** Fewer rounds and shorter windows, to see that everything works; the figures are not reliable. */
  readonly quick: boolean;
  readonly rounds: number;
  /** A built copy of another version that is measured beside this one, by those benchmarks that can. */
  readonly against: string | undefined;
  readonly cores: Cores | undefined;
  /** A folder that is removed after all benchmarks. */
  readonly folder: string;
  /** Reports progress. */
  readonly log: (line: string) => void;
  /** Starts a Redis on the cores that are not measured; it is stopped after the benchmark. */
  readonly redis: (appendfsync?: 'everysec' | 'always') => Promise<BenchRedis>;
  /** Registers work for the end of the benchmark, also after an error; the last registered runs first. */
  readonly after: (work: () => Promise<unknown>) => void;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure with the value that it must reach. */
export interface PerformanceTarget {
  readonly what: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean;
}

export interface BenchmarkReport {
  readonly tables: readonly Table[];
  readonly targets: readonly PerformanceTarget[];
  /** The samples behind the tables, round by round. */
  readonly rounds: readonly ContenderResult[];
  /** What a reader of the tables must know. */
  readonly notes: readonly string[];
}

/** A set of programs that are measured side by side. */
export interface Benchmark {
  readonly name: string;
  /** Completes "Measures ...". */
  readonly about: string;
  run(bench: BenchContext): Promise<BenchmarkReport>;
}
