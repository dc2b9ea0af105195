import type { Logger } from '@optout-sync/shared';
import { Counter, type Registry } from 'prom-client';

/** Hears what becomes of replay runs. */
export interface ReplayEvents {
  replayed(run: string, done: number, failed: number): void;
  replayEnded(run: string, how: string): void;
}

export function createReplayEvents(registry: Registry, log: Logger): ReplayEvents {
  const letters = new Counter({
    name: 'optout_replayed_letters_total',
    help: 'Dead letters that replay runs put back to work (`done`), or that cannot be and stay (`failed`).',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    replayed(run, done, failed) {
      letters.inc({ outcome: 'done' }, done);
      letters.inc({ outcome: 'failed' }, failed);
      log.debug({ run, done, failed }, 'dead letters replayed');
    },
    replayEnded(run, how) {
      log.info({ run, how }, 'replay run ended');
    },
  };
}
