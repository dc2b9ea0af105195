import { Gauge, type Registry } from 'prom-client';
import type { Spool } from './spool';

/** What the spool holds and whether it would take more, read at each scrape. */
export function registerSpoolGauges(
  registry: Registry,
  spool: Pick<Spool, 'items' | 'bytes' | 'unusable' | 'oldest'>,
  now: () => number,
): void {
  const registers = [registry];
  new Gauge({
    name: 'optout_spool_items',
    help: 'Webhooks in the spool, waiting for Redis.',
    registers,
    collect() {
      this.set(spool.items);
    },
  });
  new Gauge({
    name: 'optout_spool_bytes',
    help: 'Size of what is in the spool; SPOOL_MAX_BYTES is its bound.',
    registers,
    collect() {
      this.set(spool.bytes);
    },
  });
  new Gauge({
    name: 'optout_spool_oldest_age_seconds',
    help: 'For how long the oldest item has been in the spool; 0 when it is empty.',
    registers,
    async collect() {
      const [oldest] = spool.items > 0 ? await spool.oldest(1).catch(() => []) : [];
      this.set(oldest?.content ? (now() - oldest.content.at) / 1000 : 0);
    },
  });
  new Gauge({
    name: 'optout_spool_up',
    help: '1 while the spool would take an event, 0 while it is full or its disk is broken.',
    registers,
    collect() {
      this.set(spool.unusable ? 0 : 1);
    },
  });
}
