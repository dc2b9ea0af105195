import { Redis } from 'ioredis';

/**
 * Connects once and asks the server for its process id: it answers only when its data is loaded.
 *
 * @throws Error when it cannot be reached, is still loading, or refuses us.
 */
export async function serverPid(url: string): Promise<number> {
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
    await redis.ping();
    const info = await redis.info('server');
    return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
  } catch (error) {
    throw reason ?? error;
  } finally {
    // On a connection that has ended already, ioredis would start a timer that keeps us alive for 2 s.
    if (redis.status !== 'end') redis.disconnect();
  }
}
