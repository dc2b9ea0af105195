import type { Benchmark } from '../harness/benchmark';
import { ingest } from './ingest';

/** In the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [ingest];
