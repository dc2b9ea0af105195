import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Channel, E164 } from '../domain/phone';
import { DEFAULT_WORKSPACE } from '../domain/subject';

/** The queues' names, as operators see them. */
export const QUEUES = {
  inbound: 'inbound-events',
  sync: 'customerio-sync',
  forwards: 'forwards',
  replays: 'replays',
} as const;

/** The sync queue of a workspace: the one-workspace form has the plain name. */
export function syncQueueName(workspace: string): string {
  return workspace === DEFAULT_WORKSPACE ? QUEUES.sync : `${QUEUES.sync}-${workspace}`;
}

/** One failed try: when (ms since 1970), its stable error code and the HTTP status, when there was one. */
export const FailedAttempt = z.object({
  at: z.number(),
  code: z.string(),
  status: z.number().optional(),
});
export type FailedAttempt = z.infer<typeof FailedAttempt>;

/** Which phone to bring up to date. It carries no state: the ledger has it. */
export const SyncRequest = z.object({
  version: z.literal(1),
  workspace: z.string().min(1),
  channel: Channel,
  phone: E164,
});
export type SyncRequest = z.infer<typeof SyncRequest>;

/** A signed request to pass on as it came, to one target: the same body, byte for byte, and the same headers. */
export const ForwardRequest = z.object({
  version: z.literal(1),
  /** Names the message, as the webhook's sender does; what repeats it has the same. */
  id: z.string().min(1),
  target: z.url(),
  method: z.enum(['GET', 'POST']),
  /** Of a GET, without the question mark: the message stands in it. */
  query: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string(),
});
export type ForwardRequest = z.infer<typeof ForwardRequest>;

/** Which run is to be carried on; what is to be done stands with the dead letters. */
export interface ReplayRequest {
  readonly run: string;
}

/** A forward's job id: one for each message and target. */
export function forwardId({ id, target }: Pick<ForwardRequest, 'id' | 'target'>): string {
  return `fw-${createHash('sha256')
    .update(JSON.stringify([id, target]))
    .digest('hex')
    .slice(0, 20)}`;
}
