import { refusedInstallation } from '../install/package-manager';
import { findPrometheus } from './find-prometheus';
import { installPrometheus, prometheusInstallations } from './install-prometheus';
import { startPrometheus, type PrometheusOptions, type RunningPrometheus } from './start-prometheus';

const ADVICE = 'there is no prometheus on PATH; install it (Debian: apt-get install prometheus)';

/**
 * Starts the Prometheus of this machine, installed through the system's package manager where there is none.
 *
 * @param options `mayInstall`: whether it may be installed (default: true)
 * @throws {Error} when there is none and it may not, or cannot, be installed; and when it does not start
 */
export async function providePrometheus({
  mayInstall = true,
  ...options
}: PrometheusOptions & { readonly mayInstall?: boolean }): Promise<RunningPrometheus> {
  const found = findPrometheus() ?? (mayInstall ? await installPrometheus(options.log) : undefined);
  if (found) return startPrometheus(found, options);
  throw new Error(mayInstall ? ADVICE : `${ADVICE}\n${refusedInstallation(prometheusInstallations())}`);
}
