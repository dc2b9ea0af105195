import { CONFIG_EXIT_CODE, errorsIn, type Env } from '@optout-sync/shared/config';
import { CHECK_CONFIG } from '@optout-sync/shared/service';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { spawnService } from '../process/spawn-service';
import type { ListeningServiceOptions } from './listening-service';

type ServiceName = ListeningServiceOptions['name'];

/**
 * The errors that the services find in this configuration. Nothing is started.
 *
 * @throws {Error} with the output of a service that fails otherwise
 */
export async function configErrors(env: Env): Promise<string[]> {
  const names: ServiceName[] = ['ingest', 'worker'];
  if (env.CONSOLE_AUTH || env.CONSOLE_AUTH_FILE) names.push('console');
  const found = await Promise.all(names.map((name) => errorsOf(name, env)));
  return [...new Set(found.flat())];
}

async function errorsOf(name: ServiceName, env: Env): Promise<string[]> {
  const service = await spawnService({
    name,
    entry: PROGRAMS[name],
    args: [CHECK_CONFIG],
    cwd: FOLDERS.root,
    // The launcher provides a Redis where none is configured.
    env: env.REDIS_URL || env.REDIS_URL_FILE ? env : { ...env, REDIS_URL: 'redis://127.0.0.1' },
  });
  const { code } = await service.exited;
  if (code === 0) return [];
  const errors = errorsIn(service.logs());
  if (code === CONFIG_EXIT_CODE && errors.length > 0) return errors;
  throw new Error([`${name} could not check its configuration:`, ...service.logs().slice(-20)].join('\n'));
}
