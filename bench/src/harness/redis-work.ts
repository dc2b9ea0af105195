import type { BenchRedis } from './bench-redis';

/** The work of Redis since its start. */
export interface RedisWork {
  /** Commands in scripts included. */
  readonly commands: number;
  /** Reads from a connection: commands that arrive together count once. */
  readonly reads: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** CPU time in seconds. */
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

/** The work per event between two samples, for `count` events. */
export function perEvent(before: RedisWork, after: RedisWork, count: number): Record<string, number> {
  return {
    commands: (after.commands - before.commands) / count,
    reads: (after.reads - before.reads) / count,
    'bytes in': (after.bytesIn - before.bytesIn) / count,
    'bytes out': (after.bytesOut - before.bytesOut) / count,
    'Redis µs': ((after.cpu - before.cpu) * 1e6) / count,
  };
}
