import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { SimulatorError } from './terminal';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Checks that a URL leads to this machine, so that made-up messages never reach a production system.
 *
 * @throws {SimulatorError} when its host has no address, or one that is not a loopback address
 */
export async function assertLoopback(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const isLocal = ({ address }: { address: string }) =>
    LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  if (addresses.length > 0 && addresses.every(isLocal)) return;
  const reason = addresses.length === 0 ? 'has no address' : 'is another machine';
  throw new SimulatorError(
    `${host} ${reason}: the simulator sends to this machine only (127.0.0.1). ` +
      'To sign for a public URL and send here, give both --url and --connect.',
  );
}
