import type { BenchRedis } from './bench-redis';

/** What Redis has done since it was started. */
export interface RedisWork {
  /** Those within scripts too. */
  readonly commands: number;
  /** Times it read from a connection: what came together counts once. */
  readonly reads: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Seconds of CPU. */
  readonly cpu: number;
}

export async function redisWork({ client }: BenchRedis): Promise<RedisWork> {
  const info = await client.info();
  const value = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    commands: value('total_commands_processed'),
    reads: value('total_reads_processed'),
    bytesIn: value('total_net_input_bytes'),
    bytesOut: value('total_net_output_bytes'),
    cpu: value('used_cpu_user') + value('used_cpu_sys'),
  };
}

/** For each of `count` events, what Redis did between two looks. */
export function perEvent(before: RedisWork, after: RedisWork, count: number): Record<string, number> {
  return {
    commands: (after.commands - before.commands) / count,
    reads: (after.reads - before.reads) / count,
    'bytes in': (after.bytesIn - before.bytesIn) / count,
    'bytes out': (after.bytesOut - before.bytesOut) / count,
    'Redis µs': ((after.cpu - before.cpu) * 1e6) / count,
  };
}
