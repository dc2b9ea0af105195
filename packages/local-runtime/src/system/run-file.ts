import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoAccount } from '../config/demo-env';
import { isAlive } from '../process/is-alive';

/** What other commands in this checkout may want to know of a running system. */
export interface RunRecord {
  readonly prefix: string;
  /** Not there yet while the system comes up. */
  readonly redisUrl?: string | undefined;
  readonly webhookUrl?: string | undefined;
  /** Of a demo only: whom one may send messages for. Real credentials are never written down. */
  readonly account?: DemoAccount | undefined;
}

/** Tells of this process in `<folder>/<pid>.json`, readable by its owner only: a Redis URL may hold a password. */
export class RunFile {
  private readonly file: string;
  private readonly startedAt = new Date().toISOString();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, `${process.pid}.json`);
  }

  write(record: RunRecord): void {
    const content = { pid: process.pid, startedAt: this.startedAt, ...record };
    writeFileSync(this.file, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  /** Whether another system runs in this checkout; files of processes that are gone are removed. */
  othersRun(): boolean {
    const others = readdirSync(this.folder)
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => parseInt(name, 10))
      .filter((pid) => pid !== process.pid);
    for (const pid of others) {
      if (!isAlive(pid)) rmSync(join(this.folder, `${pid}.json`), { force: true });
    }
    return others.some(isAlive);
  }
}
