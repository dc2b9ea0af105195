import closeWithGrace from 'close-with-grace';
import { CONFIG_EXIT_CODE, ConfigError } from '../config/parse-env';
import { startTracing, type Tracing } from '../tracing/start-tracing';
import { standardOutput } from './log-output';
import { logConsole } from './log-console';
import { createLogger, type LogFormat, type Logger } from './logger';
import { INSTANCE, RELEASE } from './release';
import { throttle } from './timing';

/**
 * A service that is created without holding anything. `start` and `stop` are idempotent: a further call returns the promise
 * of the first. A service that was stopped does not start.
 */
export interface Service {
  start(): Promise<unknown>;
  stop(): Promise<void>;
}

/** The time a service has to stop after a signal, before the process ends. */
const SHUTDOWN_DEADLINE_MS = 25_000;

/**
 * The flag of a service's command line that makes it only read its configuration. It exits with 0 or, after all errors
 * are printed, with 78.
 */
export const CHECK_CONFIG = '--check-config';

/**
 * Runs a service's process: reads the configuration, starts the service and stops it on a signal.
 *
 * SIGTERM and SIGINT give it 25 s to stop; a second signal ends the process at once. An uncaught error stops it in the
 * same way and exits with 1. A ConfigError, from reading or from starting, is printed and exits with 78.
 * With `--check-config` nothing is started.
 */
export async function runService<
  Config extends {
    readonly logLevel: string;
    readonly logFormat?: LogFormat;
    readonly hasBareNumbers?: boolean;
    readonly traces?: boolean;
    readonly warnings?: readonly string[];
  },
>(
  name: string,
  readConfig: () => Config,
  start: (config: Config, log: Logger) => Promise<Pick<Service, 'stop'>>,
): Promise<void> {
  if (process.argv.includes(CHECK_CONFIG)) {
    checkConfig(readConfig);
    return;
  }
  // What a service writes holds phone numbers: its owner alone may read it.
  process.umask(0o077);
  let log = createLogger({ service: name, level: 'info' });
  let service: Pick<Service, 'stop'> | undefined;
  let tracing: Tracing | undefined;
  const ignoredSettings: string[] = [];
  const onTimeout = (): void => {
    log.error({ code: 'shutdown_timeout' }, 'did not stop in time: terminated');
  };
  closeWithGrace({ delay: SHUTDOWN_DEADLINE_MS, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err) log.fatal({ err, code: 'uncaught_error' }, 'uncaught error, stopping');
    else log.info({ signal }, 'stopping');
    await service?.stop();
    await tracing?.stop();
    log.info('stopped');
    await standardOutput().flush();
  });
  try {
    const config = readConfig();
    const { logLevel: level, logFormat: format = 'json', hasBareNumbers = false, traces = false } = config;
    if (traces) {
      const resource = { service: name, version: RELEASE.version, instance: INSTANCE };
      tracing = await startTracing(resource, {
        notSent: (reason) => {
          reportExportFailure([log, reason]);
        },
        settingIgnored: (reason) => ignoredSettings.push(reason),
      });
    }
    log = createLogger({ service: name, level, format, hasBareNumbers });
    logConsole(log);
    for (const reason of ignoredSettings) log.warn({ code: 'traces_setting_ignored' }, reason);
    for (const warning of config.warnings ?? []) log.warn({ code: 'config_warning' }, warning);
    service = await start(config, log);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      log.fatal({ err: error, code: 'start_failed' }, 'could not start');
      process.exit(1);
    }
    log.fatal({ code: error.code, errors: error.errors }, 'the configuration is invalid');
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

/** The time between two log lines about traces that cannot be sent, in ms. */
const EXPORT_FAILURE_MS = 60_000;

const reportExportFailure = throttle(
  EXPORT_FAILURE_MS,
  (dropped, [log, reason]: readonly [Logger, string]) => {
    log.warn({ code: 'traces_not_sent', reason, dropped }, 'the OTLP receiver does not take the traces');
  },
);
