import { Redis } from 'ioredis';

/** The port in a server's URL. */
export const portOf = (url: string): number => Number(new URL(url).port);

/**
 * Connects once and asks the server for its process id. It answers only after its data is loaded.
 *
 * @throws {Error} when it cannot be reached, is still loading, or rejects the connection
 */
export function serverPid(url: string): Promise<number> {
  return askOnce(url, async (redis) => {
    await redis.ping();
    const info = await redis.info('server');
    return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
  });
}

/**
 * Runs commands on the server at a port of 127.0.0.1, over a connection of their own.
 *
 * @throws {Error} of the connection or of the commands
 */
export function queried<T>(port: number, commands: (redis: Redis) => Promise<T>): Promise<T> {
  return askOnce(`redis://127.0.0.1:${port}`, commands);
}

async function askOnce<T>(url: string, commands: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    enableReadyCheck: false,
  });
  // connect() only reports that the connection is closed; the event has the reason.
  let reason: Error | undefined;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    return await commands(redis);
  } catch (error) {
    throw reason ?? error;
  } finally {
    // On an ended connection, ioredis would start a timer that keeps this process alive for 2 s.
    if (redis.status !== 'end') redis.disconnect();
  }
}
