import { findServer, type ServerBinary } from './find-server';
import { installServer } from './install-server';

/** A server that can be run on this machine, installed where there is none. @throws Error when there is no way. */
export async function localServer(log: (line: string) => void): Promise<ServerBinary> {
  const server = (await findServer(log)) ?? (await installServer(log));
  if (!server) throw new Error('several Redis servers need a redis-server or valkey-server on this machine');
  return server;
}
