import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { SimulatorError } from './terminal';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Checks that a URL leads to this machine, so that made-up messages never reach a production system by mistake. With `yes` it may
 * lead to another one, by https, since the request tells a phone.
 *
 * @throws {SimulatorError} when its host has no address, or it may not be sent there
 */
export async function assertMayBeSentTo(url: URL, { yes }: { readonly yes: boolean }): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const isLocal = ({ address }: { address: string }) =>
    LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  if (addresses.length === 0) throw new SimulatorError(`${host} has no address`);
  if (addresses.every(isLocal)) return;
  if (!yes) {
    throw new SimulatorError(
      `${host} is another machine, where the message counts as a real one: nothing was sent. Send it to a host of your own ` +
        'only, with --yes. To sign for a public URL and send it to this machine, give both --url and --connect.',
    );
  }
  if (url.protocol !== 'https:') throw new SimulatorError(`${host} is another machine: use https`);
}
