import {
  indexTerms,
  type DeadLetter,
  type DeadLetterText,
  type Stage,
} from '@optout-sync/shared/dead-letters';
import { RawBatch, unpackRawBatch, type ForwardRequest } from '@optout-sync/shared/queues';
import type { E164 } from '@optout-sync/shared/domain';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { namesOf } from './names-of';
import { waits } from './refuse-waiting';

/**
 * What a dead letter that names the phone is:
 *
 * - `alone`: of the phone alone, so it can be discarded
 * - `opt_out`: it may be an opt-out that the ledger does not have
 * - `shared`: it names others too, or it cannot be told of whom it is
 */
type Kind = 'alone' | 'opt_out' | 'shared';

interface Found {
  readonly id: string;
  readonly kind: Kind;
  readonly run?: string;
}

/** Is told of every dead letter that was searched. */
export type OnSearched = () => void;

/** Ids that one error names at most. */
const MAX_NAMED = 20;

/**
 * Counts the dead letters that an erasure discards.
 *
 * @throws {OperationError} `messages_waiting` for one that a run replays, `dead_letters_open`, `dead_letters_shared`
 */
export async function countDeadLetters(
  { queues }: Pick<Stores, 'queues'>,
  phone: E164,
  onSearched: OnSearched,
): Promise<number> {
  const counts = { alone: 0, opt_out: 0, shared: 0 };
  const named: Record<Kind, string[]> = { alone: [], opt_out: [], shared: [] };
  for await (const { id, kind, run } of deadLettersOf(queues, phone, onSearched)) {
    if (run !== undefined) throw waits('a dead letter of the phone is replayed');
    counts[kind] += 1;
    if (named[kind].length < MAX_NAMED) named[kind].push(id);
  }
  const idsOf = (kind: Kind): string =>
    counts[kind] > MAX_NAMED
      ? `${named[kind].join(' ')} and ${String(counts[kind] - MAX_NAMED)} more`
      : named[kind].join(' ');
  if (counts.opt_out > 0) {
    throw new OperationError(
      'dead_letters_open',
      `an opt-out of the phone is, or may be, in the dead letters and not in the ledger: replay or discard it first (${idsOf('opt_out')})`,
      'failed',
    );
  }
  if (counts.shared > 0) {
    throw new OperationError(
      'dead_letters_shared',
      `dead letters name the phone and may be of others too: replay or discard them first (${idsOf('shared')})`,
      'failed',
    );
  }
  return counts.alone;
}

const DISCARDED_AT_ONCE = 100;

/** Discards the dead letters that are of the phone alone. Returns how many. */
export async function eraseDeadLetters(
  { queues }: Pick<Stores, 'queues'>,
  phone: E164,
  onSearched: OnSearched,
): Promise<number> {
  let [count, ids]: [number, string[]] = [0, []];
  const discard = async (): Promise<void> => {
    if (ids.length > 0) count += await queues.deadLetters.discard({ ids });
    ids = [];
  };
  for await (const { id, kind } of deadLettersOf(queues, phone, onSearched)) {
    if (kind === 'alone') ids.push(id);
    if (ids.length === DISCARDED_AT_ONCE) await discard();
  }
  await discard();
  return count;
}

/**
 * The dead letters that name the phone. All are searched by their text: the index has no phone of a forward, of several people, and of
 * what could not be parsed.
 */
async function* deadLettersOf(
  { deadLetters }: Stores['queues'],
  phone: E164,
  onSearched: OnSearched,
): AsyncGenerator<Found> {
  const names = namesOf(phone);
  for await (const found of deadLetters.texts()) {
    onSearched();
    const batch = await batchTextOf(found);
    if (batch !== undefined && !names.test(found.text) && !names.test(batch)) continue;
    const { id, deadLetter, run } = found;
    yield { id, kind: kindOf(deadLetter, phone), ...(run !== undefined && { run }) };
  }
}

/** The text of a large batch, '' of any other dead letter. Undefined for a batch that cannot be read: it may name the phone. */
async function batchTextOf({ deadLetter: { stage, undone } }: DeadLetterText): Promise<string | undefined> {
  if (stage !== 'batch' || undone.type !== 'raw') return '';
  const batch = RawBatch.pick({ body: true }).safeParse(undone.data);
  return batch.success ? unpackRawBatch(batch.data).then(String, () => undefined) : undefined;
}

/**
 * The stages whose unparsed payload may be an opt-out that nothing has recorded: a replay of a batch or of an event parses it anew, and
 * an operator decides on what ingest could not parse or does not trust.
 */
const UNPARSED_MESSAGES: readonly Stage[] = ['ingest', 'batch', 'record'];

/** A STOP may be dead-lettered at ingest as well as by a worker: a replay records either. */
function kindOf(deadLetter: DeadLetter, phone: E164): Kind {
  const { stage, undone } = deadLetter;
  if (undone.type === 'raw' && UNPARSED_MESSAGES.includes(stage)) return 'opt_out';
  if (phoneOf(deadLetter) !== phone) return 'shared';
  return undone.type === 'event' && undone.event.kind === 'stop' ? 'opt_out' : 'alone';
}

/** The phone of the only person that a dead letter is about. Undefined where there are several, or it is not known. */
function phoneOf({ undone }: Pick<DeadLetter, 'undone'>): string | undefined {
  const raw = undone.type === 'forward' ? { type: 'raw' as const, data: messageOf(undone.request) } : undone;
  return indexTerms({ undone: raw }, () => undefined).phone;
}

/** The message that a forward holds, in the form in which ingest dead-letters one. */
function messageOf({ method, query, body }: ForwardRequest): unknown {
  const params = new URLSearchParams(method === 'GET' ? query : body);
  return { route: 'messages', params: Object.fromEntries(params) };
}
