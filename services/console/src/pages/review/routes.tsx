import {
  completeReview,
  dismissSuspicious,
  getSuspicious,
  listSuspicious,
  requireAuthor,
  reviewEntryNotFound,
  stopFromReview,
  stopFromSuspicious,
  type Author,
} from '@optout-sync/operations';
import { UnreadableEntryError, type LedgerEntry } from '@optout-sync/shared/ledger';
import type { Subject } from '@optout-sync/shared/domain';
import { inPath } from '../../http/in-path';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { DecisionView } from './decision-view';
import { ReviewView } from './review-view';

const PAGE_SIZE = 50;
/** Messages that may be made of another one; beyond them the dead letters have the list. */
const MAX_SUSPICIOUS = 50;

const pathOf =
  ({ context }: ConsoleRequest) =>
  (subject: Subject): string =>
    `/people/${context.people.idOf(subject)}`;

/** Who decides, which is never a field of the form, and why. @throws {OperationError} `who_missing` */
const authorOf = ({ user, form }: ConsoleRequest): Author =>
  requireAuthor({ by: user.name, why: form.get('why') ?? '' });

const list = async (request: ConsoleRequest): Promise<Answer> => {
  const { context, query } = request;
  const text = query.get('cursor') ?? '';
  const offset = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const [page, suspicious] = await Promise.all([
    context.stores.reviewList.list({ offset, limit: PAGE_SIZE }),
    listSuspicious(context.stores, context.routes, MAX_SUSPICIOUS),
  ]);
  const end = offset + page.entries.length + page.unreadable.length;
  const shown = {
    ...page,
    suspicious,
    query,
    next: end < page.total && end > offset ? String(end) : undefined,
    pathOf: pathOf(request),
  };
  return { page: { title: 'Review', body: <ReviewView {...shown} />, active: 'review' } };
};

/** The present state of whom a message is from; missing where the ledger has none that can be read. */
async function entryOf({ context }: ConsoleRequest, subject: Subject): Promise<LedgerEntry | undefined> {
  try {
    return await context.stores.ledger.readWhole(subject);
  } catch (error) {
    if (error instanceof UnreadableEntryError) return undefined;
    throw error;
  }
}

const showEntry = async (request: ConsoleRequest): Promise<Answer> => {
  const { context, params, user, csrf } = request;
  const sid = params.sid ?? '';
  const found = await context.stores.reviewList.get(sid);
  if (!found && !(await context.stores.reviewList.has(sid))) throw reviewEntryNotFound(sid);
  const shown = {
    messageSid: sid,
    receivedAt: found?.receivedAt ?? NaN,
    rule: found ? found.phrase : 'The message cannot be read: a later release wrote it, or it is damaged.',
    ...(found && { claim: found }),
    entry: found && (await entryOf(request, found)),
    personPath: found && pathOf(request)(found),
    path: `/review/${inPath(sid)}`,
  };
  return {
    page: {
      title: 'Review a message',
      body: <DecisionView {...shown} user={user} csrf={csrf} />,
      active: 'review',
    },
  };
};

const showSuspicious = async (request: ConsoleRequest): Promise<Answer> => {
  const { context, params, user, csrf } = request;
  const message = await getSuspicious(context.stores, context.routes, params.id ?? '');
  const { claim } = message;
  const shown = {
    ...message,
    rule: undefined,
    entry: claim && (await entryOf(request, claim)),
    personPath: claim && pathOf(request)(claim),
    path: `/review/dead-letters/${inPath(message.id)}`,
  };
  return {
    page: {
      title: 'Review a message',
      body: <DecisionView {...shown} user={user} csrf={csrf} />,
      active: 'review',
    },
  };
};

type Decide = (request: ConsoleRequest, author: Author) => Promise<string>;

const decision =
  (decide: Decide): ConsoleRoute['handle'] =>
  async (request) => ({ redirect: '/review', notice: await decide(request, authorOf(request)) });

const stopEntry: Decide = async ({ context: { stores, routes: accounts }, params }, author) => {
  const messageSid = await stopFromReview(stores, accounts, params.sid ?? '', author);
  return `Enqueued ${messageSid}: opted out by hand. The message is off the list.`;
};

const dismissEntry: Decide = async ({ context: { stores }, params }, author) => {
  await completeReview(stores, params.sid ?? '', author);
  return 'The message is off the list. Nobody was opted out.';
};

const stopClaimed: Decide = async ({ context: { stores, routes: accounts }, params }, author) => {
  const messageSid = await stopFromSuspicious(stores, accounts, params.id ?? '', author);
  return `Enqueued ${messageSid}: opted out by hand. The dead letter is discarded.`;
};

const dismissClaimed: Decide = async ({ context: { stores, routes: accounts }, params }, author) => {
  await dismissSuspicious(stores, accounts, params.id ?? '', author);
  return 'The dead letter is discarded. Nobody was opted out.';
};

/** Messages that a person has to decide on. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/review', role: 'viewer', kind: 'page', handle: list },
  { method: 'GET', path: '/review/dead-letters/:id', role: 'viewer', kind: 'page', handle: showSuspicious },
  {
    method: 'POST',
    path: '/review/dead-letters/:id/apply',
    role: 'operator',
    kind: 'action',
    handle: decision(stopClaimed),
  },
  {
    method: 'POST',
    path: '/review/dead-letters/:id/dismiss',
    role: 'operator',
    kind: 'action',
    handle: decision(dismissClaimed),
  },
  { method: 'GET', path: '/review/:sid', role: 'viewer', kind: 'page', handle: showEntry },
  {
    method: 'POST',
    path: '/review/:sid/apply',
    role: 'operator',
    kind: 'action',
    handle: decision(stopEntry),
  },
  {
    method: 'POST',
    path: '/review/:sid/dismiss',
    role: 'operator',
    kind: 'action',
    handle: decision(dismissEntry),
  },
];
