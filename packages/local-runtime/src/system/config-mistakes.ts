import { CONFIG_EXIT_CODE, errorsIn, type Env } from '@optout-sync/shared/config';
import { CHECK_CONFIG } from '@optout-sync/shared/service';
import { FOLDERS, PROGRAMS } from '../folders';
import { spawnService } from '../process/spawn-service';

/**
 * What the services themselves find wrong with this configuration. Nothing is started.
 *
 * @throws Error with what it printed when a service cannot even say that.
 */
export async function configMistakes(env: Env): Promise<string[]> {
  const found = await Promise.all([mistakesOf('ingest', env), mistakesOf('worker', env)]);
  return [...new Set(found.flat())];
}

async function mistakesOf(name: 'ingest' | 'worker', env: Env): Promise<string[]> {
  const service = await spawnService({
    name,
    entry: PROGRAMS[name],
    args: [CHECK_CONFIG],
    cwd: FOLDERS.root,
    // The launcher brings a Redis where none is given.
    env: env.REDIS_URL || env.REDIS_URL_FILE ? env : { ...env, REDIS_URL: 'redis://127.0.0.1' },
  });
  const { code } = await service.exited;
  if (code === 0) return [];
  const mistakes = errorsIn(service.logs());
  if (code === CONFIG_EXIT_CODE && mistakes.length > 0) return mistakes;
  throw new Error([`${name} could not check its configuration:`, ...service.logs().slice(-20)].join('\n'));
}
