import { OperationError, listSentAfter } from '@optout-sync/operations';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { parseFilter } from './filter';
import { SentAfterView, type SentAfterPage } from './sent-after-view';

const PAGE_SIZE = 50;
/** The errors that the form shows. */
const OF_FILTER: ReadonlySet<string> = new Set(['filter_invalid', 'sender_invalid']);

const list = async ({ context, query }: ConsoleRequest): Promise<Answer> => {
  const { stores, routes: accounts, people } = context;
  const shown: SentAfterPage = {
    query,
    workspaces: [...accounts.workspaces.keys()],
    pathOf: (subject) => `/people/${people.idOf(subject)}`,
  };
  try {
    const filter = parseFilter(query, accounts);
    const cursor = query.get('cursor') ?? undefined;
    const page = await listSentAfter(stores, { ...filter, cursor, limit: PAGE_SIZE });
    return pageOf({ ...shown, list: page });
  } catch (error) {
    if (!(error instanceof OperationError) || !OF_FILTER.has(error.code)) throw error;
    return { ...pageOf({ ...shown, problem: error }), status: 400 };
  }
};

const pageOf = (shown: SentAfterPage) => ({
  page: {
    title: 'Sent after an opt-out',
    body: <SentAfterView {...shown} />,
    active: 'sent-after' as const,
  },
});

/** What was sent after an opt-out. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/sent-after', role: 'viewer', kind: 'page', handle: list },
];
