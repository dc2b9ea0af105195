import { readConsoleConfig } from '@optout-sync/shared/config';
import { createLogger } from '@optout-sync/shared/service';
import { Console } from './service';

const ENV = {
  REDIS_URL: 'redis://127.0.0.1:1',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_TRACK_API_KEY: 'track',
  CUSTOMERIO_APP_API_KEY: 'app',
  CONSOLE_AUTH: 'none',
  CONSOLE_PORT: '0',
  CONSOLE_ADMIN_PORT: '0',
};

const create = (): Console => {
  const log = createLogger({ service: 'console', level: 'info' }, { write: () => undefined });
  return Console.create(readConsoleConfig(ENV), ENV, { log });
};

test('a console that is stopped while it starts does not start, and releases what it has opened', async () => {
  const stopped = create();
  const starting = expect(stopped.start()).rejects.toThrow('aborted');
  await stopped.stop();
  await starting;
});

test('a stopped console does not start', async () => {
  const stopped = create();
  await stopped.stop();
  await expect(stopped.start()).rejects.toThrow('aborted');
});
