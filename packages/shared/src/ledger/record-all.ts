import { Cluster, type Redis } from 'ioredis';
import { groupBy } from '../domain/group-by';

/** What `record.lua` replies to one event; see there. */
export type RecordReply = [
  result: string,
  version: number,
  applied: number,
  confirms: number,
  ...rows: string[],
];

/** An event for `record.lua`: its entry, the history of that, and the arguments of the event. */
export interface RecordArgs {
  readonly key: string;
  readonly history: string;
  readonly args: readonly (string | number)[];
}

/** The arguments of `record.lua` that all events share. */
export type SharedArgs = readonly [historyCap: number, origin: string];

/** Events that one script records: it blocks Redis for as long, which a late message of a phone with a long history makes ms. */
const EVENTS_A_SCRIPT = 10;

/**
 * Records events by `record.lua`, those of an entry in their order: in one round trip, or on a cluster with the entries side by
 * side, since a command has to stay in one slot. Returns the reply to each, or the error that Redis answered.
 *
 * @throws {Error} what the connection throws, when some may not have reached Redis
 */
export async function recordAll(
  redis: Redis | Cluster,
  shared: SharedArgs,
  events: readonly RecordArgs[],
): Promise<(RecordReply | Error)[]> {
  if (!(redis instanceof Cluster)) return inPipeline(redis, shared, events);
  const byEntry = groupBy(events, ({ key }) => key);
  const replies = new Map<RecordArgs, RecordReply | Error>();
  await Promise.all(
    [...byEntry.values()].map(async (some) => {
      const answered = await redis.optoutRecord(...commandOf(shared, some)).catch(replyErrorOf);
      for (const [n, event] of some.entries()) replies.set(event, replyTo(n, answered));
    }),
  );
  return events.map((event) => replies.get(event) ?? new Error('not recorded'));
}

async function inPipeline(
  redis: Redis,
  shared: SharedArgs,
  events: readonly RecordArgs[],
): Promise<(RecordReply | Error)[]> {
  const pipeline = redis.pipeline();
  for (let at = 0; at < events.length; at += EVENTS_A_SCRIPT) {
    pipeline.optoutRecord(...commandOf(shared, events.slice(at, at + EVENTS_A_SCRIPT)));
  }
  const answered = (await pipeline.exec()) ?? [];
  return events.map((_, n) => {
    const [error, replies] = answered[Math.floor(n / EVENTS_A_SCRIPT)] ?? [];
    return replyTo(n % EVENTS_A_SCRIPT, error ? replyErrorOf(error) : (replies as RecordReply[]));
  });
}

function commandOf(
  shared: SharedArgs,
  events: readonly RecordArgs[],
): [keys: number, ...args: (string | number)[]] {
  const keys = events.flatMap(({ key, history }) => [key, history]);
  return [keys.length, ...keys, ...shared, ...events.flatMap(({ args }) => args)];
}

/** @throws {Error} an error that Redis did not answer */
function replyErrorOf(error: unknown): Error {
  if (error instanceof Error && error.name === 'ReplyError') return error;
  throw error;
}

/** The reply to the `n`-th event of a command, which may have failed as a whole. */
function replyTo(n: number, answered: readonly (RecordReply | Error)[] | Error): RecordReply | Error {
  if (answered instanceof Error) return answered;
  return answered[n] ?? new Error('Redis did not answer');
}
