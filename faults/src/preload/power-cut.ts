import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * Loaded into ingest by --require: gives a SIGKILL the effect of a power cut on the spool. Data that a killed process has
 * written is in the kernel's memory and survives the process; without fsync a power cut loses it. Here a spool write
 * without fsync stays in the process until a write with fsync follows or the spool is closed. An fsync takes 50 ms, so that
 * code that answers before it completes is caught.
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
