import { OperationError, listDrifted } from '@optout-sync/operations';
import { readConsentPolicies } from '@optout-sync/shared/config';
import type { Subject } from '@optout-sync/shared/domain';
import { DriftKind } from '@optout-sync/shared/reconcile';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { profilePagesOf } from '../person/profile-pages';
import { DriftView } from './drift-view';

const PAGE_SIZE = 50;

const list = async ({ context, query, user, csrf }: ConsoleRequest): Promise<Answer> => {
  const { stores, env, people } = context;
  const policies = new Map(readConsentPolicies(env).map(({ name, policy }) => [name, policy]));
  const names = [...policies.keys()];
  const workspace = oneOf(names, query.get('workspace'));
  const kind = oneOf(DriftKind.options, query.get('kind'));
  const filter = { pending: false, ...(workspace !== undefined && { workspace }) };
  const [page, counts] = await Promise.all([
    listDrifted(stores, {
      filter,
      kind,
      policies,
      limit: PAGE_SIZE,
      cursor: cursorIn(context.people, query),
    }),
    Promise.all(names.map(async (name) => ({ name, counts: await stores.findings.count(name) }))),
  ]);
  const shown = {
    ...page,
    next: page.next === undefined ? undefined : people.sealCursor(page.next),
    counts,
    profilePages: new Map(names.map((name) => [name, profilePagesOf(env, name)])),
    pathOf: (subject: Subject) => `/people/${people.idOf(subject)}`,
    query,
    user,
    csrf,
  };
  return { page: { title: 'Drift', body: <DriftView {...shown} />, active: 'drift' } };
};

/** @throws {OperationError} `filter_invalid` */
function oneOf<Name extends string>(names: readonly Name[], text: string | null): Name | undefined {
  if (text === null || text === '') return undefined;
  const name = names.find((one) => one === text);
  if (name !== undefined) return name;
  throw new OperationError('filter_invalid', `the filter must be one of ${names.join(', ')}`);
}

/** @throws {OperationError} `cursor_invalid` */
function cursorIn(people: ConsoleRequest['context']['people'], query: URLSearchParams): string | undefined {
  const sealed = query.get('cursor');
  if (sealed === null) return undefined;
  const cursor = people.openCursor(sealed);
  if (cursor !== undefined) return cursor;
  throw new OperationError('cursor_invalid', 'the cursor is not valid; start over without a cursor');
}

/** Who differed from the ledger at the last comparison. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/drift', role: 'viewer', kind: 'page', handle: list },
];
