import { join } from 'node:path';
import { OwnedProcess, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';

/** This checkout. */
export const ROOT = join(__dirname, '../../..');

/** `npm start` as a process of its own. */
export interface Launcher {
  readonly process: OwnedProcess;
  /** What it has printed. */
  text(): string;
  /** Waits for a text in the terminal; returns the groups of the match. */
  says(pattern: RegExp): Promise<readonly string[]>;
  /** The process ids of the running parts, as the terminal names them. */
  parts(): ReadonlyMap<string, number>;
  stop(): Promise<{ readonly code: number | null }>;
}

/**
 * Starts the system on free ports, unless `env` says otherwise: the program that `npm start` runs, or, with `throughNpm`, npm
 * itself. `root`: another checkout.
 */
export async function startLauncher(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  { throughNpm = false, root = ROOT }: { readonly throughNpm?: boolean; readonly root?: string } = {},
): Promise<Launcher> {
  const ports = {
    INGEST_PORT: '0',
    INGEST_ADMIN_PORT: '0',
    WORKER_ADMIN_PORT: '0',
    CONSOLE_PORT: '0',
    CONSOLE_ADMIN_PORT: '0',
  };
  const process_ = await OwnedProcess.start({
    ...(throughNpm
      ? { command: 'npm', args: ['start', '--', '--no-install', ...args] }
      : {
          command: process.execPath,
          args: [join(root, 'packages/local-runtime/dist/bin/start.js'), ...args],
        }),
    cwd: root,
    env: { ...inheritedEnv(), ...ports, ...env },
  });
  const text = (): string => process_.logs().join('\n');
  return {
    process: process_,
    text,
    async says(pattern) {
      const match = await waitFor(() => pattern.exec(text()), {
        what: `the terminal to say ${pattern.source}`,
        timeoutMs: 120_000,
        giveUp: () => process_.ended && !pattern.test(text()) && `it ended: ${text()}`,
      });
      return match.slice(1);
    },
    parts() {
      const first = [...text().matchAll(/\b(redis|worker|ingest|prometheus) (\d+)(?=,|$)/gm)];
      const later = [
        ...text().matchAll(/^(redis|worker|ingest|prometheus): started again, process (\d+)$/gm),
      ];
      return new Map([...first, ...later].map(([, name = '', pid]) => [name, Number(pid)]));
    },
    stop: () => process_.stop(45_000),
  };
}
