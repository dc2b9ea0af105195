import { Redis, type RedisOptions } from 'ioredis';

const CHANNEL = '+switch-master';
const RECONNECT_MS = 1_000;

/**
 * Reconnects as soon as a sentinel publishes that the master was replaced. A master that was partitioned or frozen acts as
 * master for some seconds more, and the writes it accepts then are lost. The subscriptions end with the connection.
 *
 * ioredis's own `failoverDetector` is not used: when it gets the message while the connection searches for the master,
 * which is the case after the old master died, the connection ends for good.
 *
 * @param name the master's name at the sentinels
 * @param sentinels the connection options of each sentinel
 */
export function reconnectOnFailover(redis: Redis, name: string, sentinels: readonly RedisOptions[]): void {
  let replaced = false;
  let last = '';
  const reconnect = (): void => {
    // In any other status the connection is already searching, and may still get the old master's address.
    if (!replaced || redis.status !== 'ready') return;
    replaced = false;
    redis.disconnect(true);
  };
  redis.on('ready', reconnect);

  const listeners = sentinels.map((sentinel) => {
    const listener = new Redis({
      ...sentinel,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => RECONNECT_MS,
    });
    // An unreachable sentinel publishes nothing. The connection reports it when no sentinel leads to the master.
    listener.on('error', () => undefined);
    listener.on('message', (_, message: string) => {
      // The message names the old and the new master, so all sentinels publish the same text for one failover.
      if (!message.startsWith(`${name} `) || message === last) return;
      last = message;
      replaced = true;
      reconnect();
    });
    listener.subscribe(CHANNEL).catch(() => undefined);
    return listener;
  });
  redis.once('end', () => {
    for (const listener of listeners) listener.disconnect();
  });
}
