import { z } from 'zod';
import { readStatus } from '@optout-sync/operations';
import { apiRoute } from '../http/api-route';
import { iso, isoOrNull, none, time } from '../http/fields';

const counts = z.record(z.string(), z.int());

const Status = z
  .object({
    at: time,
    counts: z
      .record(z.string(), counts)
      .describe('of the last hour: webhooks of ingest and events of the worker, by outcome'),
    instances: z.array(
      z.object({
        service: z.string(),
        name: z.string(),
        at: time.describe('when it last reported'),
        spool: z.object({ items: z.int(), bytes: z.int(), oldest: time.nullable() }).nullable(),
      }),
    ),
    queues: z.array(
      z.object({
        name: z.string(),
        waiting: z.int(),
        background: z.int(),
        delayed: z.int(),
        active: z.int(),
      }),
    ),
    workspaces: z.array(
      z.object({
        name: z.string(),
        unapplied: z
          .object({ count: z.int(), late: z.int(), oldest: time.nullable() })
          .describe('opt-outs that people sent and Customer.io does not hold yet'),
        drifted: z.int(),
        sweep: z
          .object({ running: z.boolean(), startedAt: time.nullable(), endedAt: time.nullable() })
          .nullable(),
      }),
    ),
    deadLetters: z.object({ count: z.int(), exact: z.boolean() }),
    openRuns: z.int(),
    damagedKeys: z
      .array(z.string())
      .describe('keys in Redis that another program wrote: what is read from them counts as 0'),
    sentAfter: z
      .int()
      .describe(
        'messages of the last 24 hours to people who had opted out of their sender; see GET /sent-after',
      ),
  })
  .meta({ id: 'Status' });

export const statusRoute = apiRoute({
  method: 'get',
  path: '/status',
  tag: 'System',
  summary: 'What waits, and what the processes did in the last hour',
  scope: 'status:read',
  cost: 10,
  params: none,
  query: none,
  status: 200,
  result: Status,
  errors: [],
  handle: async ({ context: { stores, routes } }) => {
    const status = await readStatus(stores, routes);
    return {
      at: iso(status.at),
      counts: Object.fromEntries(Object.entries(status.counts).map(([service, by]) => [service, { ...by }])),
      instances: status.instances.map(({ service, name, at, spool }) => ({
        service,
        name,
        at: iso(at),
        spool: spool ? { items: spool.items, bytes: spool.bytes, oldest: isoOrNull(spool.oldest) } : null,
      })),
      queues: status.queues.map(({ name, waiting, background, delayed, active }) => ({
        ...{ name, waiting, background, delayed, active },
      })),
      workspaces: status.workspaces.map(({ name, unapplied, drifted, sweep }) => ({
        name,
        unapplied: { ...unapplied, oldest: isoOrNull(unapplied.oldest) },
        drifted,
        sweep: sweep
          ? {
              running: sweep.running,
              startedAt: isoOrNull(sweep.startedAt),
              endedAt: isoOrNull(sweep.endedAt),
            }
          : null,
      })),
      deadLetters: { ...status.deadLetters },
      openRuns: status.openRuns,
      damagedKeys: [...status.damagedKeys],
      sentAfter: status.sentAfter,
    };
  },
});
