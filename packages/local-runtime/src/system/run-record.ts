import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoAccount } from '../config/demo-env';
import { isAlive } from '../process/process-info';

/** What the other commands of this checkout need to know about a running system. */
export interface RunRecord {
  readonly prefix: string;
  /** Undefined while the system starts. */
  readonly redisUrl?: string | undefined;
  readonly webhookUrl?: string | undefined;
  /** The account of a demo, to send messages for. Real credentials are never written. */
  readonly account?: DemoAccount | undefined;
  /** The variables by which commands reach what a demo has in place of Customer.io and Twilio. Real keys are never written. */
  readonly sandbox?: Readonly<Record<string, string>> | undefined;
}

interface StoredRecord extends RunRecord {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/**
 * This process' record, in `<folder>/<pid>.json`, readable by its owner only: a Redis URL may hold a password. The folder
 * must exist.
 */
export class OwnRunRecord {
  private readonly file: string;
  private readonly startedAt = new Date().toISOString();

  constructor(private readonly folder: string) {
    this.file = join(folder, `${process.pid}.json`);
  }

  write(record: RunRecord): void {
    const stored: StoredRecord = { pid: process.pid, startedAt: this.startedAt, ...record };
    writeFileSync(this.file, `${JSON.stringify(stored, undefined, 2)}\n`, { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  /** Removes the records of processes that have ended. */
  removeStale(): void {
    for (const name of recordNames(this.folder)) {
      if (!isAlive(parseInt(name, 10))) rmSync(join(this.folder, name), { force: true });
    }
  }
}

/**
 * The record of the running system that was started last.
 *
 * @param needed the field that the record must have
 * @returns undefined when no such system runs
 */
export function runningSystem(folder: string, needed: 'redisUrl' | 'webhookUrl'): RunRecord | undefined {
  return recordNames(folder)
    .map((name) => readRecord(join(folder, name)))
    .filter((record) => record !== undefined && Boolean(record[needed]) && isAlive(record.pid))
    .sort((a, b) => (b?.startedAt ?? '').localeCompare(a?.startedAt ?? ''))[0];
}

function recordNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
}

function readRecord(file: string): StoredRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredRecord;
  } catch {
    return undefined;
  }
}
