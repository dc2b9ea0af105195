import { answers, aptSteps, runInstallation, type Installation } from '../install/package-manager';
import { findPrometheus, type PrometheusBinary } from './find-prometheus';

const SERVICE = 'prometheus.service';

/**
 * Debian's and Ubuntu's package would start and enable a service on port 9090 of all addresses. A mask prevents the start while
 * it is installed; then the service is unmasked and disabled. The packages of the other systems leave it disabled.
 */
function aptStepsWithoutService(): readonly (readonly string[])[] {
  const install = aptSteps('prometheus');
  if (!answers('systemctl', ['--version'])) return install;
  return [
    ['systemctl', 'mask', '--quiet', SERVICE],
    ...install,
    ['systemctl', 'unmask', '--quiet', SERVICE],
    ['systemctl', 'disable', '--quiet', SERVICE],
  ];
}

export const prometheusInstallations = (): readonly Installation[] => [
  { manager: 'apt-get', asRoot: true, steps: aptStepsWithoutService() },
  { manager: 'apk', asRoot: true, steps: [['apk', 'add', '--no-cache', 'prometheus']] },
  { manager: 'pacman', asRoot: true, steps: [['pacman', '-Sy', '--noconfirm', '--needed', 'prometheus']] },
  { manager: 'brew', asRoot: false, steps: [['brew', 'install', '--quiet', 'prometheus']] },
];

/**
 * Installs Prometheus, where that needs no password.
 *
 * @returns undefined when it could not be installed; the reason is in the log
 */
export async function installPrometheus(log: (line: string) => void): Promise<PrometheusBinary | undefined> {
  return (await runInstallation('prometheus', prometheusInstallations(), log)) ? findPrometheus() : undefined;
}
