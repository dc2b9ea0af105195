import { ConfigError } from './parse-env';

/**
 * Returns the ports of one machine by variable.
 *
 * @throws {ConfigError} naming each variable whose port an earlier one has too; 0 is any free port
 */
export function differentPorts<Ports extends Readonly<Record<string, number>>>(ports: Ports): Ports {
  const names = Object.keys(ports);
  const errors = names.flatMap((name, index) => {
    const taken = names.slice(0, index).find((other) => ports[name] !== 0 && ports[other] === ports[name]);
    return taken === undefined ? [] : [`${name}: must differ from ${taken}`];
  });
  if (errors.length > 0) throw new ConfigError(errors);
  return ports;
}
