import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '@optout-sync/shared/service';
import { DRAIN_OUTCOMES } from './drain';
import type { Spool } from './spool';
import type { SpoolEvents } from './spooling-store';

/** What happens to the spool, told to metrics and log: every item counted, every change of state one line. */
export function createSpoolEvents(registry: Registry, log: Logger): Omit<SpoolEvents, 'deadLettered'> {
  const registers = [registry];
  const spooled = new Counter({
    name: 'optout_spooled_total',
    help: 'Webhooks whose content went to the spool, because Redis could not take it.',
    registers,
  });
  const drained = new Counter({
    name: 'optout_spool_drained_total',
    help: 'Items that left the spool: into their queues, or into the dead letters.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of DRAIN_OUTCOMES) drained.inc({ outcome }, 0);
  let outage = false;
  return {
    spooled(items) {
      spooled.inc(items);
    },
    drained(outcome, items) {
      drained.inc({ outcome }, items);
    },
    spooling(reason) {
      outage = true;
      log.error({ code: 'redis_unusable', err: reason }, 'Redis takes no events: they go to the spool');
    },
    draining(items) {
      outage ||= items > 0;
      if (outage) log.info({ items }, 'Redis takes events again: the spool is drained');
    },
    emptied() {
      if (outage) log.info('the spool is empty');
      outage = false;
    },
    spoolLost(error) {
      log.error({ code: error.code, err: error }, 'the spool takes no events');
    },
    spoolBack() {
      log.info('the spool takes events again');
    },
  };
}

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
