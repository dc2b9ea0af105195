import type { Cluster, Redis, Result } from 'ioredis';
import { COUNT, DISCARD, FILE, PAGE } from './letters';
import { CREATE, END, RECLAIM, RELEASE, SETTLE, START, TAKE, TELL } from './runs';

type Argument = string | number;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutLetterFile(base: string, ...args: Argument[]): Result<[string, string?, string?], Context>;
    optoutLetterPage(base: string, ...args: Argument[]): Result<[string, ...string[]], Context>;
    optoutLetterCount(base: string, ...args: Argument[]): Result<[string, number], Context>;
    optoutLetterDiscard(base: string, ...args: Argument[]): Result<[string, number], Context>;
    optoutRunCreate(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunStart(base: string, ...args: Argument[]): Result<string, Context>;
    optoutRunTake(base: string, ...args: Argument[]): Result<[string, string, ...string[]], Context>;
    optoutRunReclaim(base: string, ...args: Argument[]): Result<string[], Context>;
    optoutRunSettle(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunRelease(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunEnd(base: string, ...args: Argument[]): Result<string, Context>;
    optoutRunTell(base: string, ...args: Argument[]): Result<number, Context>;
  }
}

const SCRIPTS = {
  optoutLetterFile: FILE,
  optoutLetterPage: PAGE,
  optoutLetterCount: COUNT,
  optoutLetterDiscard: DISCARD,
  optoutRunCreate: CREATE,
  optoutRunStart: START,
  optoutRunTake: TAKE,
  optoutRunReclaim: RECLAIM,
  optoutRunSettle: SETTLE,
  optoutRunRelease: RELEASE,
  optoutRunEnd: END,
  optoutRunTell: TELL,
};

/** Makes the scripts commands of this connection. */
export function defineScripts(redis: Redis | Cluster): void {
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { numberOfKeys: 1, lua });
}
