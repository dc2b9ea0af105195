import { Cluster, type Redis } from 'ioredis';
import { groupBy } from '../domain/group-by';

/** What a script gets for one entry. */
export interface EntryArgs {
  /** The key of the entry, then others in its slot. */
  readonly keys: readonly [entry: string, ...others: string[]];
  readonly args: readonly (string | number)[];
}

/** Sends a script. Its command takes the number of keys, the keys, the arguments that all entries share, and those of each entry. */
type Send<Reply> = (keys: number, ...args: (string | number)[]) => Promise<(Reply | Error)[]>;

/** Entries that one script changes: it blocks Redis for as long, which is usually below a millisecond. */
const ENTRIES_A_SCRIPT = 25;

/**
 * Runs a script on entries, on an entry that is named twice in that order, in one round trip: on a cluster by a command for each
 * entry, since a command has to stay in one slot. Returns the reply for each, or the error that Redis answered.
 *
 * @throws {Error} what the connection throws, when some may not have reached Redis
 */
export async function runOnEntries<Reply>(
  redis: Redis | Cluster,
  send: Send<Reply>,
  shared: readonly (string | number)[],
  entries: readonly EntryArgs[],
): Promise<(Reply | Error)[]> {
  const replies = new Map<EntryArgs, Reply | Error>();
  // Without a pipeline, whose creation costs more than the few commands.
  await Promise.all(
    groupsOf(redis, entries).map(async (group) => {
      const keys = group.flatMap((entry) => entry.keys);
      const args = group.flatMap((entry) => entry.args);
      const answered = await send(keys.length, ...keys, ...shared, ...args).catch(replyErrorOf);
      for (const [n, entry] of group.entries()) replies.set(entry, replyTo(n, answered));
    }),
  );
  return entries.map((entry) => replies.get(entry) ?? new Error('Redis did not answer'));
}

/** Entries that share a command. */
function groupsOf(redis: Redis | Cluster, entries: readonly EntryArgs[]): readonly (readonly EntryArgs[])[] {
  if (redis instanceof Cluster) return [...groupBy(entries, ({ keys: [entry] }) => entry).values()];
  const groups = [];
  for (let at = 0; at < entries.length; at += ENTRIES_A_SCRIPT) {
    groups.push(entries.slice(at, at + ENTRIES_A_SCRIPT));
  }
  return groups;
}

/** @throws {Error} an error that Redis did not answer */
function replyErrorOf(error: unknown): Error {
  if (error instanceof Error && error.name === 'ReplyError') return error;
  throw error;
}

/** The reply for the `n`-th entry of a command, which may have failed as a whole. */
function replyTo<Reply>(n: number, answered: readonly (Reply | Error)[] | Error): Reply | Error {
  if (answered instanceof Error) return answered;
  return answered[n] ?? new Error('Redis did not answer');
}
