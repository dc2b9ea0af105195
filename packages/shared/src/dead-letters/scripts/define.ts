import type { Cluster, Redis, Result } from 'ioredis';
import { loadScript } from '../../redis/load-script';

type Argument = string | number;

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutDeadLetterPut(base: string, ...args: Argument[]): Result<[string, ...string[]], Context>;
    optoutDeadLetterList(base: string, ...args: Argument[]): Result<[string, ...string[]], Context>;
    optoutDeadLetterCount(base: string, ...args: Argument[]): Result<[string, number], Context>;
    optoutDeadLetterDiscard(base: string, ...args: Argument[]): Result<[string, number], Context>;
    optoutRunCreate(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunStart(base: string, ...args: Argument[]): Result<string, Context>;
    optoutRunClaim(base: string, ...args: Argument[]): Result<[string, string, ...string[]], Context>;
    optoutRunReclaim(base: string, ...args: Argument[]): Result<string[], Context>;
    optoutRunAck(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunRelease(base: string, ...args: Argument[]): Result<number, Context>;
    optoutRunEnd(base: string, ...args: Argument[]): Result<string, Context>;
    optoutRunRecordOutcomes(base: string, ...args: Argument[]): Result<number, Context>;
  }
}

const SCRIPTS = {
  optoutDeadLetterPut: loadScript(__dirname, 'put.lua'),
  optoutDeadLetterList: loadScript(__dirname, 'list.lua'),
  optoutDeadLetterCount: loadScript(__dirname, 'count.lua'),
  optoutDeadLetterDiscard: loadScript(__dirname, 'discard.lua'),
  optoutRunCreate: loadScript(__dirname, 'run-create.lua'),
  optoutRunStart: loadScript(__dirname, 'run-start.lua'),
  optoutRunClaim: loadScript(__dirname, 'run-claim.lua'),
  optoutRunReclaim: loadScript(__dirname, 'run-reclaim.lua'),
  optoutRunAck: loadScript(__dirname, 'run-ack.lua'),
  optoutRunRelease: loadScript(__dirname, 'run-release.lua'),
  optoutRunEnd: loadScript(__dirname, 'run-end.lua'),
  optoutRunRecordOutcomes: loadScript(__dirname, 'run-record-outcomes.lua'),
};

/** Adds the scripts of the dead letters and replay runs to a connection, as commands. */
export function defineScripts(redis: Redis | Cluster): void {
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { numberOfKeys: 1, lua });
}
