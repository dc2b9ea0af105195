import type { Benchmark } from '../harness/benchmark';
import { api } from './api';
import { growth } from './growth';
import { ingest } from './ingest';
import { memoryLimit } from './memory';
import { scaleOut } from './scale-out';
import { startAndMemory } from './start';
import { sync } from './sync';
import { worker } from './worker';

/** In the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  ingest,
  sync,
  worker,
  growth,
  scaleOut,
  startAndMemory,
  memoryLimit,
  api,
];
