import { SentinelConnector, type Redis, type SentinelConnectionOptions } from 'ioredis';

/**
 * ioredis's way to the master, without its complaints on stderr: the connections by which it listens for failovers have no
 * error listener, so each sentinel that is away would print a stack at every try. What matters is told elsewhere: a master
 * that no sentinel leads to is an error of the connection itself.
 */
export class QuietSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
    // Private to ioredis, which offers no other way to these connections.
    const own = this as unknown as { connectToSentinel: (...args: unknown[]) => Redis };
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (...args) => connect(...args).on('error', () => undefined);
  }
}
