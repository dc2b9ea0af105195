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

/** Events that one script records: it blocks Redis for as long, which is usually below a millisecond. */
const EVENTS_A_SCRIPT = 25;

/**
 * Records events by `record.lua`, those of an entry in their order, in one round trip: on a cluster by a command for each entry,
 * since a command has to stay in one slot. Returns the reply to each event, or the error that Redis answered.
 *
 * @throws {Error} what the connection throws, when some may not have reached Redis
 */
export async function recordAll(
  redis: Redis | Cluster,
  shared: SharedArgs,
  events: readonly RecordArgs[],
): Promise<(RecordReply | Error)[]> {
  const replies = new Map<RecordArgs, RecordReply | Error>();
  // Without a pipeline, whose creation costs more than the few commands.
  await Promise.all(
    groupsOf(redis, events).map(async (group) => {
      const answered = await redis.optoutRecord(...commandOf(shared, group)).catch(replyErrorOf);
      for (const [n, event] of group.entries()) replies.set(event, replyTo(n, answered));
    }),
  );
  return events.map((event) => replies.get(event) ?? new Error('not recorded'));
}

/** Events that share a command. */
function groupsOf(redis: Redis | Cluster, events: readonly RecordArgs[]): readonly (readonly RecordArgs[])[] {
  if (redis instanceof Cluster) return [...groupBy(events, ({ key }) => key).values()];
  const groups = [];
  for (let at = 0; at < events.length; at += EVENTS_A_SCRIPT) {
    groups.push(events.slice(at, at + EVENTS_A_SCRIPT));
  }
  return groups;
}

function commandOf(
  shared: SharedArgs,
  events: readonly RecordArgs[],
): [keys: number, ...args: (string | number)[]] {
  const command: [keys: number, ...args: (string | number)[]] = [events.length * 2];
  for (const { key, history } of events) command.push(key, history);
  command.push(...shared);
  for (const { args } of events) command.push(...args);
  return command;
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
