import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@optout-sync/testkit';

/** Silences the present connections permanently without closing them (half-open); new connections work. */
export function strandConnections(proxies: readonly TcpProxy[]): Promise<void> {
  for (const proxy of proxies) proxy.strandAll();
  return Promise.resolve();
}

/** Resets the present connections. */
export function resetConnections(proxies: readonly TcpProxy[]): Promise<void> {
  for (const proxy of proxies) proxy.resetAll();
  return Promise.resolve();
}

/** Holds back everything for `ms`, closed connections included; then forwards it. */
export async function partition(proxies: readonly TcpProxy[], ms: number): Promise<void> {
  for (const proxy of proxies) proxy.blackhole();
  await delay(ms);
  for (const proxy of proxies) proxy.heal();
}
