import type { Cluster, Redis, Result } from 'ioredis';
import type { DestinationName } from '../domain/destination-name';
import type { Subject } from '../domain/subject';
import { loadScript } from '../redis/load-script';
import { ledgerKey } from './keys';
import type { DestinationProgress } from './destination-progress';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutDestination(key: string, ...args: (string | number)[]): Result<number, Context>;
    optoutDestinationRestart(key: string, destination: string): Result<number, Context>;
  }
}

const MARK = loadScript(`${__dirname}/scripts`, 'destination.lua');
const RESTART = loadScript(`${__dirname}/scripts`, 'destination-restart.lua');

/** What an optional destination holds now. */
export interface WrittenVersion {
  readonly appliedVersion: number;
  /** The cio_ids it was written to; missing where it is not written to people. */
  readonly people?: readonly string[];
  /** Whether it holds a state of the number, which a write that comes late replaces. One that is written to people always does. */
  readonly isState?: boolean;
}

/** How the scripts spell that nobody is stored. */
const NOBODY_STORED = '-';

/** Which version of a ledger entry each optional destination holds. */
export class DestinationStore {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: { readonly prefix: string },
  ) {
    redis.defineCommand('optoutDestination', { numberOfKeys: 1, lua: MARK });
    redis.defineCommand('optoutDestinationRestart', { numberOfKeys: 1, lua: RESTART });
  }

  /**
   * Stores what a destination holds.
   *
   * @param read the progress that was stored when the entry was read
   * @returns whether something waits for it: a newer version was applied meanwhile, this one was written late over a newer
   *   one, or somebody has to be written to again
   */
  async markWritten(
    subject: Subject,
    destination: DestinationName,
    { appliedVersion, people, isState = false }: WrittenVersion,
    read: DestinationProgress,
  ): Promise<boolean> {
    const behind = await this.redis.optoutDestination(
      ledgerKey(this.options.prefix, subject),
      destination,
      appliedVersion,
      people ? '1' : isState ? 's' : '0',
      people?.join(' ') ?? '',
      read.people?.join(' ') ?? NOBODY_STORED,
    );
    return behind === 1;
  }

  /**
   * Lets the next write of a destination treat everybody as a person who has just got the number. For an entry that exists;
   * the caller then enqueues the write.
   */
  async restart(subject: Subject, destination: DestinationName): Promise<void> {
    await this.redis.optoutDestinationRestart(ledgerKey(this.options.prefix, subject), destination);
  }
}
