import { z } from 'zod';
import { DeadLetter } from '@optout-sync/shared/dead-letters';
import { InboundEvent } from '@optout-sync/shared/domain';
import { ForwardRequest } from '@optout-sync/shared/queues';
import type { WriteBatch } from '../store/event-store';

const Spooled = z.object({
  version: z.literal(1),
  /** When it was spooled, in ms since 1970. */
  at: z.number(),
  bundle: z.object({
    events: z.array(InboundEvent).optional(),
    letters: z.array(DeadLetter).optional(),
    forwards: z.array(ForwardRequest).optional(),
  }),
});

/** What one webhook brought, as it lies in the spool. */
export interface Spooled {
  readonly at: number;
  readonly bundle: WriteBatch;
}

export function encode({ at, bundle }: Spooled): string {
  return JSON.stringify({ version: 1, at, bundle });
}

/**
 * Reads an item; undefined for one in a form that is not known here. Gives it as it was written, not as the schema would
 * build it anew: a dead letter's id is a hash over its content in the order of its fields.
 */
export function decode(text: string): Spooled | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return Spooled.safeParse(content).success ? (content as Spooled) : undefined;
  } catch {
    return undefined;
  }
}

/** All that the bundles hold, in their order. */
export function merge(bundles: readonly WriteBatch[]): WriteBatch {
  return {
    events: bundles.flatMap(({ events = [] }) => events),
    letters: bundles.flatMap(({ letters = [] }) => letters),
    forwards: bundles.flatMap(({ forwards = [] }) => forwards),
  };
}
