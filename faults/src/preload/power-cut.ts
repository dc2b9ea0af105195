import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * Loaded into ingest by --require: makes a SIGKILL as bad for its spool as a power cut. What a killed process has written
 * is in the kernel's memory and survives; without fsync a power cut takes it. Here a write to the spool that is not to be
 * fsynced stays in the process until one that is comes after it, or until the spool is closed. And the disk is slow, so that
 * whoever does not wait for it is caught.
 */
const FSYNC_MS = 50;

type Write = (this: unknown, ...args: unknown[]) => Promise<void>;

const { ClassicLevel } = createRequire(process.argv[1] ?? __filename)('classic-level') as {
  ClassicLevel: { prototype: Record<'_batch' | '_put' | '_del' | '_close', Write> };
};
const store = ClassicLevel.prototype;
const inMemory: (() => Promise<void>)[] = [];

async function writeBack(): Promise<void> {
  for (const write of inMemory.splice(0, Infinity)) await write();
}

for (const name of ['_batch', '_put', '_del'] as const) {
  const write = store[name];
  store[name] = async function (...args) {
    const options = args.at(-1) as { sync?: boolean } | undefined;
    if (options?.sync !== true) {
      inMemory.push(() => write.apply(this, args));
      return;
    }
    await delay(FSYNC_MS);
    await writeBack();
    await write.apply(this, args);
  };
}

const close = store._close;
store._close = async function (...args) {
  await writeBack();
  await close.apply(this, args);
};
