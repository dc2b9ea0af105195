import { waitFor } from '@optout-sync/local-runtime/process';

const WITHIN_MS = 60_000;

/** Waits until nothing differs. @returns what differs at the end of the wait, some of it */
export async function noneOf(differences: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let last: readonly string[] = [];
  const look = async (): Promise<boolean> => {
    last = await differences();
    return last.length === 0;
  };
  await waitFor(look, { what: 'no difference', timeoutMs: WITHIN_MS, everyMs: 500 }).catch(() => false);
  return last.slice(0, 20);
}
