import { OwnedProcess, inheritedEnv, type ProcessOptions } from '../process/owned-process';

/** What the docker client reads to find its daemon. */
const DOCKER_VARIABLES = [
  ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  'XDG_RUNTIME_DIR',
];

/** Starts the docker client. @throws {Error} when there is none on PATH */
export function startDocker(
  args: readonly string[],
  options: Pick<ProcessOptions, 'openStdin' | 'scratch' | 'onLog'> = {},
): Promise<OwnedProcess> {
  return OwnedProcess.start({ command: 'docker', args, env: inheritedEnv(...DOCKER_VARIABLES), ...options });
}

/**
 * Runs a command of the docker client.
 *
 * @returns its output
 * @throws {Error} with its last lines when it fails, or does not end within `timeoutMs`
 */
export async function runDocker(args: readonly string[], timeoutMs: number): Promise<string> {
  const client = await startDocker(args);
  const timer = setTimeout(() => void client.kill('SIGKILL'), timeoutMs);
  const { code, signal } = await client.exited;
  clearTimeout(timer);
  const output = client.logs().slice(-5).join('\n');
  if (code !== 0) throw new Error(`docker ${args[0] ?? ''} ended with ${signal ?? String(code)}: ${output}`);
  return output;
}
