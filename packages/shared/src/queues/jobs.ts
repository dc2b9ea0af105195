import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DestinationName } from '../domain/destination-name';
import { Channel, E164 } from '../domain/phone';
import { DEFAULT_WORKSPACE } from '../domain/subject';

/** The names of the queues, as operators see them. */
export const QUEUES = {
  inbound: 'inbound-events',
  sync: 'customerio-sync',
  forwards: 'forwards',
  replays: 'replays',
  people: 'people-changes',
  batches: 'event-batches',
} as const;

/** Returns the name of the sync queue of a workspace. The default workspace has the plain name. */
export function syncQueueName(workspace: string): string {
  return workspace === DEFAULT_WORKSPACE ? QUEUES.sync : `${QUEUES.sync}-${workspace}`;
}

const DESTINATION_QUEUES: Readonly<Record<DestinationName, string>> = {
  native: 'customerio-native',
  campaign: 'customerio-campaign',
  events: 'customerio-events',
  twilio_consents: 'twilio-consents',
};

/** Returns the name of the queue of an optional destination of a workspace. The default workspace has the plain name. */
export function destinationQueueName(destination: DestinationName, workspace: string): string {
  const name = DESTINATION_QUEUES[destination];
  return workspace === DEFAULT_WORKSPACE ? name : `${name}-${workspace}`;
}

/** A failed attempt: its time in ms since 1970, its error code, and the HTTP status if there was a response. */
export const FailedAttempt = z.object({
  at: z.number(),
  code: z.string(),
  status: z.number().optional(),
});
export type FailedAttempt = z.infer<typeof FailedAttempt>;

/** The phone to bring up to date, in Customer.io or in an optional destination. It carries no state: the job reads the ledger. */
export const SyncRequest = z.object({
  version: z.literal(1),
  workspace: z.string().min(1),
  channel: Channel,
  phone: E164,
  /** The webhook that causes it, for traces alone. */
  traceparent: z.string().optional(),
});
export type SyncRequest = z.infer<typeof SyncRequest>;
/** A phone to bring up to date, with the webhook that causes it. */
export type TracedSubject = Omit<SyncRequest, 'version'>;

/** A signed request to forward to one target unchanged: the same body, byte for byte, and the same headers. */
export const ForwardRequest = z.object({
  version: z.literal(1),
  /** The id of the message from the sender of the webhook. A repeated delivery has the same id. */
  id: z.string().min(1),
  target: z.url(),
  method: z.enum(['GET', 'POST']),
  /** The query string of a GET, which holds the message, without the question mark. */
  query: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string(),
  /** The webhook that brought it, as W3C `traceparent`, where traces are recorded. It is not sent. */
  traceparent: z.string().optional(),
});
export type ForwardRequest = z.infer<typeof ForwardRequest>;

/** The run to carry out. The run itself is stored with the dead letters. Without a version it is version 1. */
export const ReplayRequest = z.object({ version: z.literal(1).optional(), run: z.string().min(1) });
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** Returns the job id of a forward: one for each message and target. */
export function forwardId({ id, target }: Pick<ForwardRequest, 'id' | 'target'>): string {
  return `fw-${createHash('sha256')
    .update(JSON.stringify([id, target]))
    .digest('hex')
    .slice(0, 20)}`;
}
