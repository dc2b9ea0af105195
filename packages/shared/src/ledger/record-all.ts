import { Cluster, type Redis } from 'ioredis';

/** The reply of `record.lua`; see there. */
export type RecordReply = [
  result: string,
  version: number,
  applied: number,
  confirms: number,
  ...rows: string[],
];

/** The keys and arguments of `record.lua`; the first is the entry. */
export type RecordArgs = readonly [key: string, history: string, ...args: (string | number)[]];

/**
 * Runs `record.lua` for each, those of an entry in their order: in one round trip, or on a cluster with the entries side by
 * side, since a pipeline has to stay in one slot. Returns the reply to each, or the error that Redis answered.
 *
 * @throws {Error} what the connection throws, when some may not have reached Redis
 */
export async function recordAll(
  redis: Redis | Cluster,
  all: readonly RecordArgs[],
): Promise<(RecordReply | Error)[]> {
  const replies = redis instanceof Cluster ? await sideBySide(redis, all) : await inPipeline(redis, all);
  for (const reply of replies) {
    if (reply instanceof Error && reply.name !== 'ReplyError') throw reply;
  }
  return replies;
}

async function inPipeline(redis: Redis, all: readonly RecordArgs[]): Promise<(RecordReply | Error)[]> {
  const pipeline = redis.pipeline();
  for (const args of all) pipeline.optoutRecord(...args);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => error ?? (reply as RecordReply));
}

async function sideBySide(redis: Cluster, all: readonly RecordArgs[]): Promise<(RecordReply | Error)[]> {
  const latest = new Map<string, Promise<unknown>>();
  return Promise.all(
    all.map((args) => {
      const [key] = args;
      const record = (): Promise<RecordReply> => redis.optoutRecord(...args);
      const reply = (latest.get(key)?.then(record) ?? record()).catch((error: unknown) => error as Error);
      latest.set(key, reply);
      return reply;
    }),
  );
}
