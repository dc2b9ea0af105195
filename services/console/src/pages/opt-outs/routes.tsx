import { OperationError, listOptOuts } from '@optout-sync/operations';
import { readConsentPolicies } from '@optout-sync/shared/config';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { parseFilter } from './filter';
import { OptOutsView, type OptOutsPage } from './opt-outs-view';

const PAGE_SIZE = 50;

const list = async ({ context, query }: ConsoleRequest): Promise<Answer> => {
  const { stores, routes: accounts, env, people } = context;
  const shown: OptOutsPage = {
    query,
    workspaces: [...accounts.workspaces.keys()],
    pathOf: (subject) => `/people/${people.idOf(subject)}`,
  };
  try {
    const filter = parseFilter(query, accounts);
    const policies = new Map(readConsentPolicies(env).map(({ name, policy }) => [name, policy]));
    const cursor = query.get('cursor') ?? undefined;
    const [page, atMost] = await Promise.all([
      listOptOuts(stores, { filter, policies, limit: PAGE_SIZE, cursor }),
      stores.ledger.maxEntries(),
    ]);
    const before = cursor === undefined ? 0 : countIn(query.get('looked'));
    return pageOf({ ...shown, list: { ...page, before, atMost } });
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== 'filter_invalid') throw error;
    return { ...pageOf({ ...shown, problem: error }), status: 400 };
  }
};

const pageOf = (shown: OptOutsPage) => ({
  page: { title: 'Opt-outs', body: <OptOutsView {...shown} />, active: 'opt-outs' as const },
});

function countIn(text: string | null): number {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
}

/** Who is opted out. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/opt-outs', role: 'viewer', kind: 'page', handle: list },
];
