import { join } from 'node:path';
import type { BenchContext } from '../harness/benchmark';
import type { Contender } from '../harness/compare';
import { phoneOf } from '../load/twilio-requests';
import { runProgram } from '../process/run-program';
import { AT_LIMIT, ONE_BY_ONE } from './sync-report';
import { APP_RPS, PUBLISHED_WORKSPACE, type SyncPeople } from './sync-setup';

const PUBLISHED = join(__dirname, '../peers/published-sync.js');

/** The published way at both paces. */
export async function publishedContenders(
  { cores, quick }: BenchContext,
  { sandbox, newPeople }: SyncPeople,
): Promise<Contender[]> {
  const access = (await sandbox.control.workspaces()).find(({ name }) => name === PUBLISHED_WORKSPACE);
  const forMs = quick ? 3_000 : 10_000;
  const count = Math.ceil((forMs / 1_000) * APP_RPS) + 1;
  const contender = (name: string, pace: string): Contender => ({
    name,
    measure: async () => {
      const first = await newPeople(count, PUBLISHED_WORKSPACE);
      const phones = Array.from({ length: count }, (_, index) => phoneOf(first + index));
      const options = { ...access, phones, forMs, pace, searchesPerSecond: APP_RPS };
      const { done, seconds } = (await runProgram(cores?.measured, PUBLISHED, options)) as {
        done: number;
        seconds: number;
      };
      return { 'per second': done / seconds };
    },
  });
  return [contender(ONE_BY_ONE, 'one by one'), contender(AT_LIMIT, 'limit')];
}
