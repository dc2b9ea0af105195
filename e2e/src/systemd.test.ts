import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_EXIT_CODE, VARIABLES } from '@optout-sync/shared/config';

/** docs/operations.md: a service ends within 25 s of SIGTERM. */
const STOPS_WITHIN_S = 25;

const unit = (service: string): string[] =>
  readFileSync(join(__dirname, `../../deploy/systemd/optout-sync-${service}.service`), 'utf8').split('\n');
const valuesOf = (lines: readonly string[], name: string): string[] =>
  lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));

describe('the systemd units', () => {
  it.each(['ingest', 'worker', 'console'])(
    'run %s, give it time to stop, and leave a wrong configuration alone',
    (service) => {
      const lines = unit(service);
      expect(valuesOf(lines, 'ExecStart')).toEqual([
        expect.stringContaining(`services/${service}/dist/main.js`),
      ]);
      expect(Number(valuesOf(lines, 'TimeoutStopSec'))).toBeGreaterThan(STOPS_WITHIN_S);
      expect(valuesOf(lines, 'RestartPreventExitStatus')).toEqual([String(CONFIG_EXIT_CODE)]);
      const variables = valuesOf(lines, 'Environment').map((setting) => setting.split('=')[0]);
      for (const name of variables) expect([...Object.keys(VARIABLES), 'NODE_ENV']).toContain(name);
    },
  );

  it.each(['ingest', 'worker', 'console'])('start %s again however often it ends', (service) => {
    const lines = unit(service);
    expect(valuesOf(lines, 'Restart')).toEqual(['always']);
    // A setting of [Unit]: systemd ignores it elsewhere.
    expect(lines.slice(0, lines.indexOf('[Service]'))).toContain('StartLimitIntervalSec=0');
  });

  it('keep the spool in a folder that outlives the service', () => {
    const lines = unit('ingest');
    const [folder] = valuesOf(lines, 'StateDirectory');
    expect(valuesOf(lines, 'Environment')).toContainEqual(
      expect.stringMatching(`^SPOOL_DIR=/var/lib/${folder ?? '-'}/`),
    );
  });

  it('restrict all services in the same way', () => {
    const restrictions = (service: string): string[] => {
      const lines = unit(service);
      return lines.slice(lines.indexOf('DynamicUser=yes'), lines.indexOf('[Install]'));
    };
    expect(restrictions('ingest').length).toBeGreaterThan(20);
    expect(restrictions('worker')).toEqual(restrictions('ingest'));
    expect(restrictions('console')).toEqual(restrictions('ingest'));
  });
});
