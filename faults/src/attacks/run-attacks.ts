import { System } from '@optout-sync/testkit/system';
import type { Attack, Target } from './attack';
import { hosts } from './hosts';
import { processes } from './processes';
import { resplits } from './resplits';
import { slips } from './slips';
import { terminal } from './terminal';

const ATTACKS: readonly Attack[] = [...resplits, ...hosts, ...terminal, ...slips, ...processes];

/**
 * Attacks a system of its own and `npm start`, one attack after the other.
 *
 * @param print gets a line for each attack
 * @returns how many the system did not withstand
 */
export async function runAttacks(print: (line: string) => void): Promise<number> {
  const system = await System.start();
  try {
    const [ingest, behindProxy] = await Promise.all([
      system.startIngest(),
      system.startIngest({ PUBLIC_URL: '', TRUST_PROXY: 'loopback' }),
      system.startWorker(),
    ]);
    let failed = 0;
    for (const attack of ATTACKS) {
      const problem = await problemOf(attack, { system, ingest, behindProxy });
      if (problem !== undefined) failed++;
      print(problem === undefined ? `ok      ${attack.name}` : `FAILED  ${attack.name}\n        ${problem}`);
    }
    print(`${String(ATTACKS.length - failed)} of ${String(ATTACKS.length)} attacks were withstood`);
    return failed;
  } finally {
    await system.stop();
  }
}

async function problemOf(attack: Attack, target: Target): Promise<string | undefined> {
  try {
    await attack.run(target);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
