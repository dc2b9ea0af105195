import closeWithGrace from 'close-with-grace';
import { CONFIG_EXIT_CODE, ConfigError } from '../config/parse-env';
import { createLogger, type Logger } from './logger';

/** Something that was started and can be stopped; stopping twice is stopping once. */
export interface Service {
  stop(): Promise<void>;
}

export const SHUTDOWN_DEADLINE_MS = 25_000;

/** On a service's command line: it only reads its configuration, and exits with 0 or, with all mistakes named, with 78. */
export const CHECK_CONFIG = '--check-config';

/**
 * The whole life of a service's process: reads the configuration, starts, runs until a signal. SIGTERM and SIGINT let it
 * finish for 25 s at most, a second signal ends it at once, an uncaught error ends it after the same farewell with exit
 * code 1. A ConfigError, from reading or from starting, is printed as it stands and exits with 78. With `--check-config`
 * nothing is started.
 */
export async function runService<Config extends { readonly logLevel: string }>(
  name: string,
  readConfig: () => Config,
  start: (config: Config, log: Logger) => Promise<Service>,
): Promise<void> {
  if (process.argv.includes(CHECK_CONFIG)) {
    checkConfig(readConfig);
    return;
  }
  let log = createLogger({ service: name, level: 'info' });
  let service: Service | undefined;
  const onTimeout = (): void => {
    log.error({ code: 'shutdown_timeout' }, 'could not finish in time: cut off');
  };
  closeWithGrace({ delay: SHUTDOWN_DEADLINE_MS, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err) log.fatal({ err, code: 'uncaught_error' }, 'uncaught error, stopping');
    else log.info({ signal }, 'stopping');
    await service?.stop();
    log.info('stopped');
  });
  try {
    const config = readConfig();
    log = createLogger({ service: name, level: config.logLevel });
    service = await start(config, log);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      log.fatal({ err: error, code: 'start_failed' }, 'could not start');
      process.exit(1);
    }
    log.fatal({ code: error.code, mistakes: error.mistakes }, 'the configuration is wrong');
    process.stderr.write(`${error.message}\n`);
    process.exit(CONFIG_EXIT_CODE);
  }
}

function checkConfig(readConfig: () => unknown): void {
  try {
    readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = CONFIG_EXIT_CODE;
  }
}
