import { Redis, type RedisOptions } from 'ioredis';

const CHANNEL = '+switch-master';
const RECONNECT_MS = 1_000;

/**
 * Makes a connection leave its master as soon as a sentinel says that it was replaced. A master that was only cut off or
 * frozen takes itself for the master for seconds more, and what it takes then is lost. Ends with the connection.
 *
 * Not ioredis's own `failoverDetector`: when it hears of the new master while the connection is looking for it, which is
 * what happens when the old one died, the connection ends for good.
 *
 * @param sentinels how to reach each of them
 */
export function reconnectOnFailover(redis: Redis, name: string, sentinels: readonly RedisOptions[]): void {
  let replaced = false;
  let last = '';
  const leave = (): void => {
    // Elsewhere in its life it must not be disturbed, and may have been told of the old master still.
    if (!replaced || redis.status !== 'ready') return;
    replaced = false;
    redis.disconnect(true);
  };
  redis.on('ready', leave);

  const listeners = sentinels.map((sentinel) => {
    const listener = new Redis({
      ...sentinel,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => RECONNECT_MS,
    });
    // A sentinel that is away says nothing; the connection itself tells when none leads to the master.
    listener.on('error', () => undefined);
    listener.on('message', (_, message: string) => {
      // Old and new master are in it: all sentinels tell of one failover in the same words.
      if (!message.startsWith(`${name} `) || message === last) return;
      last = message;
      replaced = true;
      leave();
    });
    listener.subscribe(CHANNEL).catch(() => undefined);
    return listener;
  });
  redis.once('end', () => {
    for (const listener of listeners) listener.disconnect();
  });
}
