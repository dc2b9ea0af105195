import { Counter, type Registry } from 'prom-client';
import type { Logger } from '@optout-sync/shared';
import { DRAIN_OUTCOMES } from './drain';
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
