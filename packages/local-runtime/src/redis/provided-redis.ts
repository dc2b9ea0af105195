import type { Exit } from '../process/owned-process';

/** Where a Redis comes from. */
export type RedisProvider = 'url' | 'path' | 'docker' | 'installed';

/** A Redis to work with, and the means to make it fail. */
export interface ProvidedRedis {
  readonly url: string;
  readonly provider: RedisProvider;
  /** The server's process on this machine; undefined for one given by URL or in a container. */
  readonly pid: number | undefined;
  /** Settles when the server has ended, however; undefined for one whose end is not observed. */
  readonly exited: Promise<Exit> | undefined;
  /** The server's last lines, oldest first; none of one given by URL. */
  logs(): readonly string[];
  /** Ends it and removes its scratch folder. Does nothing to a Redis given by URL. Idempotent. */
  stop(): Promise<void>;
  /**
   * Sends it a signal; SIGKILL waits until it has ended.
   *
   * @throws {Error} when it was given by URL
   */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data, and stops it before if it still runs. */
  restart(): Promise<void>;
}

export interface RedisOptions {
  /** Gets each step in one line. */
  readonly log: (line: string) => void;
  /** Called for each line that the server logs. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** An existing Redis to use instead of a new one. */
  readonly url?: string | undefined;
  /** The folder of the data. Default: a scratch folder, removed with the server. */
  readonly dir?: string | undefined;
  /** Whether a server of our own asks for a generated password. */
  readonly protect?: boolean | undefined;
  /** Whether a server may be installed, or its image be pulled. Default: true. */
  readonly mayInstall?: boolean | undefined;
  /** The port on 127.0.0.1. Default: a free one. */
  readonly port?: number | undefined;
}

/** A container that runs a Redis server. */
export interface RedisContainer {
  readonly image: string;
  /** The server's arguments. */
  readonly args: readonly string[];
  /** The port on 127.0.0.1 that leads to the server. */
  readonly port: number;
  /** The folder of this machine for the data, if it must outlast the container. */
  readonly dir: string | undefined;
  readonly protect?: boolean | undefined;
  /** Whether the image may be pulled. Default: true. */
  readonly mayPull?: boolean | undefined;
  readonly log: (line: string) => void;
  readonly onLog?: ((line: string) => void) | undefined;
}

/**
 * Starts a container and waits until its server answers.
 *
 * @returns undefined when no Docker daemon answers or the container cannot be started, with the reason in the log
 */
export type DockerProvider = (container: RedisContainer) => Promise<ProvidedRedis | undefined>;
