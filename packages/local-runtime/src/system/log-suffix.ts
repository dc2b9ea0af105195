import { join } from 'node:path';
import { takeLock } from '../process/lock';

/**
 * Separates the log files of systems that run at the same time in one checkout. The first has none, the second `-2`, and
 * so on, which is no name of a rotated file; a number is free again when its system has ended, so that the files do not multiply.
 *
 * @param folder where the locks are
 */
export function takeLogSuffix(folder: string): { readonly suffix: string; release(): void } {
  for (let number = 1; ; number++) {
    const lock = tryLock(join(folder, `logs-${number}.lock`));
    if (lock) return { suffix: number === 1 ? '' : `-${number}`, release: () => lock.release() };
  }
}

function tryLock(file: string): ReturnType<typeof takeLock> | undefined {
  try {
    return takeLock(file, 'a set of log files');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    return undefined;
  }
}
