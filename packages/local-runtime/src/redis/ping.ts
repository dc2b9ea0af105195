import { Redis } from 'ioredis';

/** The port in a server's URL. */
export const portOf = (url: string): number => Number(new URL(url).port);

/**
 * Connects once and asks the server for its process id: it answers only when its data is loaded.
 *
 * @throws Error when it cannot be reached, is still loading, or refuses us.
 */
export function serverPid(url: string): Promise<number> {
  return askOnce(url, async (redis) => {
    await redis.ping();
    const info = await redis.info('server');
    return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
  });
}

/** Asks the server on a port of 127.0.0.1 something, over a connection of its own. @throws Error as it comes. */
export function queried<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  return askOnce(`redis://127.0.0.1:${port}`, question);
}

async function askOnce<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    enableReadyCheck: false,
  });
  // connect() only says that the connection is closed; the event says why.
  let reason: Error | undefined;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    return await question(redis);
  } catch (error) {
    throw reason ?? error;
  } finally {
    // On a connection that has ended already, ioredis would start a timer that keeps us alive for 2 s.
    if (redis.status !== 'end') redis.disconnect();
  }
}
