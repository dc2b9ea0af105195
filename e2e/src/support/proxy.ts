import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { OwnedProcess, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import type { TlsFiles } from '@optout-sync/testkit';

const DEPLOY = join(__dirname, '../../../docs/deploy.md');

/** A proxy in front of ingest. */
export interface Proxy {
  /** Where it listens, by TLS but for the one of docker-compose.yml. */
  readonly url: string;
  /** What it logged; all of it once it is stopped. */
  logs(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a proxy in `folder` with its configuration of docs/deploy.md, but for addresses and files.
 *
 * @param ports those of the ingests on 127.0.0.1; the page names two for nginx, the second in a comment, and one for Caddy
 * @throws {Error} when there is no such proxy, or it does not listen
 */
export type StartProxy = (folder: string, certificate: TlsFiles, ports: readonly number[]) => Promise<Proxy>;

/** The fenced block of this language in docs/deploy.md, with replacements. @throws {Error} when it has no such text */
export function documented(language: string, replacements: Readonly<Record<string, string>>): string {
  const [, block = ''] =
    new RegExp('```' + language + '\\n([\\s\\S]*?)```').exec(readFileSync(DEPLOY, 'utf8')) ?? [];
  return adapted(block, replacements, `docs/deploy.md: the block ${language}`);
}

/** A configuration with each of these texts replaced where it is first. @throws {Error} when it has no such text */
export function adapted(
  config: string,
  replacements: Readonly<Record<string, string>>,
  name: string,
): string {
  return Object.entries(replacements).reduce((changed, [text, replacement]) => {
    if (!changed.includes(text)) throw new Error(`${name} has no ${text}`);
    return changed.replace(text, replacement);
  }, config);
}

/** Runs a proxy that listens on this port of 127.0.0.1. @throws {Error} with its log when it does not listen */
export async function runProxy(
  port: number,
  { command, args, env = {} }: { command: string; args: string[]; env?: NodeJS.ProcessEnv },
): Promise<Proxy> {
  const running = await OwnedProcess.start({ command, args, env: { ...inheritedEnv(), ...env } });
  const accepts = async (): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } finally {
      socket.destroy();
    }
  };
  await waitFor(accepts, {
    what: `${command} to listen`,
    timeoutMs: 30_000,
    giveUp: () => running.ended !== undefined && running.logs().join('\n'),
  });
  return {
    url: `https://127.0.0.1:${String(port)}`,
    logs: () => running.logs(),
    async stop() {
      await running.stop(10_000);
    },
  };
}
