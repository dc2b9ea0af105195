import { installedPrograms, type InstalledProgram } from '../install/installed-programs';

/** A Prometheus server that can be run. Its version is such as "2.42.0". */
export type PrometheusBinary = InstalledProgram;

/** The first Prometheus on PATH, or in the folders of system daemons, that runs. */
export function findPrometheus(path?: string): PrometheusBinary | undefined {
  const [first] = installedPrograms('prometheus', /^prometheus, version (\d+\.\d+\.\d+)/m, { path });
  return first;
}
