/** Where a Redis came from. */
export type RedisProvider = 'url' | 'path' | 'docker' | 'installed';

/** A Redis to work with, and the means to treat it badly. */
export interface ProvidedRedis {
  readonly url: string;
  readonly provider: RedisProvider;
  /** The server's process on this machine; undefined for one that is not ours or is in a container. */
  readonly pid: number | undefined;
  /** Settles when that process has ended, however; undefined for one that is not ours or is in a container. */
  readonly exited: Promise<unknown> | undefined;
  /** Ends it and removes its scratch folder. A Redis given by URL is left alone. Idempotent. */
  stop(): Promise<void>;
  /** Sends it a signal (SIGKILL waits until it is gone). @throws Error when it is not ours. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data, ending it first if it still runs. */
  restart(): Promise<void>;
}

export interface RedisOptions {
  /** Where to say, in one line each, what is done. */
  readonly log: (line: string) => void;
  /** An existing Redis: used as it is when given. */
  readonly url?: string | undefined;
  /** Where the data is kept; without it a scratch folder that goes with the server. */
  readonly dir?: string | undefined;
  /** The port on 127.0.0.1 (default: a free one). */
  readonly port?: number | undefined;
  /** Starts one in Docker; resolves with undefined where that is not possible. */
  readonly docker?: (options: RedisOptions) => Promise<ProvidedRedis | undefined>;
}
