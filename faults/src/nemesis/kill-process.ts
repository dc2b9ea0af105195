import type { ManagedProcess } from '../environment/managed-process';

/** Kills a process and starts another with the same settings: an ingest takes over the spool. */
export async function killProcess(managed: ManagedProcess): Promise<void> {
  await managed.kill();
  await managed.start();
}
