import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = Buffer.alloc(1_048_576);

/** Unmounts the folder when its input ends. */
const GUARD = 'read -r _; umount -l "$1"; rmdir "$1"';

/**
 * A file system of its own that a test can fill: a tmpfs of a few megabytes. No other program uses it.
 *
 * States: `mounted` with room or, between `fill` and `free`, without; after `unmount`, gone. The guard, a shell whose input this
 * process holds open, unmounts it also when this process is killed.
 */
export class SmallDisk {
  private constructor(
    readonly folder: string,
    private readonly guard: ChildProcess,
  ) {}

  /** @throws {Error} without the right to mount: the scenarios of full disks need root */
  static async mount(megabytes: number): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-disk-'));
    const options = `size=${String(megabytes)}m,mode=0700`;
    try {
      await run('mount', ['-t', 'tmpfs', '-o', options, 'optout-sync-faults', folder]);
    } catch (cause) {
      await rmdir(folder);
      throw new Error('a full disk needs a file system of its own, and only root may mount one', { cause });
    }
    const guard = spawn('/bin/sh', ['-c', GUARD, 'unmount', folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    return new SmallDisk(folder, guard);
  }

  /** Leaves no byte free. */
  async fill(): Promise<void> {
    const file = await open(this.filler, 'w');
    try {
      for (let size = MEGABYTE.length; size > 0; size = Math.floor(size / 2)) {
        while (await fits(file.write(MEGABYTE.subarray(0, size))));
      }
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.filler, { force: true });
  }

  async unmount(): Promise<void> {
    const ended = once(this.guard, 'exit');
    this.guard.stdin?.end();
    await ended;
  }

  private get filler(): string {
    return join(this.folder, 'filler');
  }
}

async function fits(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return false;
  }
}
