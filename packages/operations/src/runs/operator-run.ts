import { z } from 'zod';
import { jsonText } from '@optout-sync/shared/domain';

/** The jobs that run in the process of the command, not in a worker. */
export const OperatorRunKind = z.enum(['backfill', 'import']);

/**
 *   running    its process reports every second
 *   lost       it was running, and has not reported for 30 s: its process has ended
 *   ended      it reached its end
 *   stopped    its terminal or the console ended it before
 *   failed     an error ended it
 */
export const OperatorRunState = z.enum(['running', 'lost', 'ended', 'stopped', 'failed']);
export type OperatorRunState = z.infer<typeof OperatorRunState>;

const SILENT_MS = 30_000;

const Counts = z.record(z.string(), z.number());
const time = z.coerce.number();

const Fields = z.object({
  version: z.literal('1'),
  kind: OperatorRunKind,
  state: OperatorRunState,
  by: z.string(),
  why: z.string(),
  details: jsonText(z.record(z.string(), z.unknown())),
  counts: jsonText(Counts),
  startedAt: time,
  /** The last report. */
  at: time,
  endedAt: time.optional(),
  /** Set once somebody asked its process to end. */
  cancelledBy: z.string().optional(),
});

/** A backfill or an import. Times in ms since 1970, by Redis' clock. */
export interface OperatorRun extends z.output<typeof Fields> {
  readonly id: string;
}

/**
 * Reads the stored form of a run; `undefined` for none, for a damaged one, and for one of a newer release.
 *
 * @param now in ms since 1970
 */
export function parseOperatorRun(
  id: string,
  hash: Readonly<Record<string, string>>,
  now: number,
): OperatorRun | undefined {
  const { data } = Fields.safeParse(hash);
  if (!data) return undefined;
  const isLost = data.state === 'running' && data.at < now - SILENT_MS;
  return { id, ...data, state: isLost ? 'lost' : data.state };
}
