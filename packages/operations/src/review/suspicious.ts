import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { AMBIGUOUS, SIDS_DIFFER, indexTerms } from '@optout-sync/shared/dead-letters';
import type { Routes } from '@optout-sync/shared/config';
import { E164, parseAddress, type Channel } from '@optout-sync/shared/domain';
import { z } from 'zod';
import { accountOf } from '../accounts';
import { requireAuthor, type Author } from '../audit/author';
import { discardDeadLetters } from '../dead-letters/discard';
import { getDeadLetter } from '../dead-letters/find';
import { OperationError } from '../operation-error';
import { overrideConsent } from '../overrides/override';
import type { Stores } from '../stores';

const CODES = [AMBIGUOUS.code, SIDS_DIFFER.code];

/** A message with a valid signature that may be made of another one: a dead letter that is never applied by itself. */
export interface SuspiciousMessage {
  /** Of its dead letter. */
  readonly id: string;
  readonly code: string;
  readonly receivedAt: number;
  readonly messageSid: string | undefined;
  /** Whose message it says to be. Missing where it names no phone and account of ours. */
  readonly claim?: Claim;
}

interface Claim {
  readonly workspace: string;
  readonly channel: Channel;
  readonly phone: E164;
  /** Our Messaging Service or number. */
  readonly sender: string;
}

/** Returns the first `limit` such messages, the oldest failure first, and how many there are in all. */
export async function listSuspicious(
  { queues }: Pick<Stores, 'queues'>,
  routes: Routes,
  limit: number,
): Promise<{ readonly messages: readonly SuspiciousMessage[]; readonly total: number }> {
  const lists = await Promise.all(
    CODES.map(async (code) => {
      const filter = { code, stage: 'ingest' } as const;
      const [{ deadLetters }, { count }] = await Promise.all([
        queues.deadLetters.page({ filter, limit }),
        queues.deadLetters.count(filter),
      ]);
      return { deadLetters, count };
    }),
  );
  const found = lists.flatMap(({ deadLetters }) => deadLetters).map((stored) => toMessage(stored, routes));
  return {
    messages: found.toSorted((a, b) => a.receivedAt - b.receivedAt).slice(0, limit),
    total: lists.reduce((sum, { count }) => sum + count, 0),
  };
}

/**
 * Returns one such message.
 *
 * @throws {OperationError} `letter_not_found`, `letter_not_suspicious`
 */
export async function getSuspicious(
  { queues }: Pick<Stores, 'queues'>,
  routes: Routes,
  id: string,
): Promise<SuspiciousMessage> {
  const message = toMessage(await getDeadLetter({ queues }, id), routes);
  if ((CODES as readonly string[]).includes(message.code)) return message;
  throw new OperationError(
    'letter_not_suspicious',
    `dead letter ${id} is no message that may be made of another one; look at it among the dead letters`,
  );
}

/**
 * Opts the phone that such a message names out, from the sender that it names, and discards the dead letter, in this order.
 *
 * @returns the MessageSid of the override
 * @throws {OperationError} `letter_not_found`, `letter_not_suspicious`, `phone_missing`, `who_missing`, `account_unknown`
 */
export async function stopFromSuspicious(
  stores: Pick<Stores, 'queues' | 'audit' | 'ledger'>,
  routes: Routes,
  id: string,
  author: Partial<Author>,
): Promise<string> {
  const { by, why } = requireAuthor(author);
  const { claim } = await getSuspicious(stores, routes, id);
  if (!claim)
    throw new OperationError('phone_missing', 'the message names no phone, sender and account of ours');
  const { workspace, channel, phone, sender } = claim;
  const accountSid = accountOf(routes, workspace, sender);
  const override = { accountSid, channel, phone, sender, state: 'stopped', by, why } as const;
  const { messageSid } = await overrideConsent(stores, override);
  await discardDeadLetters(stores, { ids: [id] }, { by, why });
  return messageSid;
}

/** Discards such a message; nobody is opted out. Throws as {@link getSuspicious} does, and `who_missing`. */
export async function dismissSuspicious(
  stores: Pick<Stores, 'queues' | 'audit'>,
  routes: Routes,
  id: string,
  author: Partial<Author>,
): Promise<void> {
  await getSuspicious(stores, routes, id);
  await discardDeadLetters(stores, { ids: [id] }, author);
}

/** What the message itself says, as far as it is text. */
const Data = z.object({ route: z.string(), params: z.record(z.string(), z.unknown()) });

function toMessage({ id, deadLetter }: StoredDeadLetter, routes: Routes): SuspiciousMessage {
  const { workspace, phone, messageSids } = indexTerms(deadLetter, routes.workspaceOf);
  const parsed = Data.safeParse(deadLetter.undone.type === 'raw' ? deadLetter.undone.data : undefined);
  const text = (name: string): string | undefined => {
    const value = parsed.data?.params[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  // A status callback reports an outbound message: the person is its recipient.
  const [theirs, ours] = parsed.data?.route === 'status' ? ['To', 'From'] : ['From', 'To'];
  const address = parseAddress(text(theirs) ?? '');
  const sender = text('MessagingServiceSid') ?? text(ours);
  const known = E164.safeParse(phone).data;
  return {
    id,
    code: deadLetter.code,
    receivedAt: deadLetter.lastFailedAt,
    messageSid: messageSids[0],
    ...(known &&
      workspace !== undefined &&
      sender !== undefined &&
      address.kind === 'phone' && {
        claim: { workspace, channel: address.channel, phone: known, sender: sender.slice(0, 255) },
      }),
  };
}
