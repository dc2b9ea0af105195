import { OperationError, findByMessage } from '@optout-sync/operations';
import { MessageSid, type Subject } from '@optout-sync/shared/domain';
import type { VNode } from 'preact';
import type { ConsoleContext } from '../../context';
import { inPath } from '../../http/in-path';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { search } from './search';
import { countSearch } from './search-limit';
import { MessageSearch, NothingFound, SeveralPeople } from './search-view';

/** Entries of one search that are listed at most: phones, workspaces and channels. */
const MAX_SUBJECTS = 50;

const pathOf =
  ({ people }: ConsoleContext) =>
  (subject: Subject): string =>
    `/people/${people.idOf(subject)}`;

const pageOf = (title: string, body: VNode): Extract<Answer, { page: unknown }> => ({
  page: { title, body, active: 'opt-outs' },
});

const find = async (request: ConsoleRequest): Promise<Answer> => {
  await countSearch(request);
  const { context, form } = request;
  const hit = await search(context, form.get('q') ?? '');
  switch (hit.kind) {
    case 'message':
      return { redirect: `/search/messages/${hit.messageSid}` };
    case 'dead_letter':
      return { redirect: `/dead-letters/${hit.id}` };
    case 'people':
      return { redirect: toPeople(context, hit.found.length > 0 ? hit.found : hit.missing) };
    case 'nothing':
      return { ...pageOf('Search', <NothingFound />), status: 404 };
    default:
      return hit satisfies never;
  }
};

/** One number has one page, which links its other entries; several are listed. */
function toPeople(context: ConsoleContext, subjects: readonly Subject[]): string {
  const [first, ...others] = subjects;
  if (first && others.every(({ phone }) => phone === first.phone)) return pathOf(context)(first);
  const ids = subjects.slice(0, MAX_SUBJECTS).map((subject) => ['id', context.people.idOf(subject)]);
  return `/search/people?${new URLSearchParams(ids).toString()}`;
}

const several = ({ context, query }: ConsoleRequest): Promise<Answer> => {
  const ids = query.getAll('id').slice(0, MAX_SUBJECTS);
  const subjects = ids.flatMap((id) => context.people.subjectOf(id) ?? []);
  return Promise.resolve(pageOf('Search', <SeveralPeople subjects={subjects} pathOf={pathOf(context)} />));
};

const findMessage = async ({ context, params, query }: ConsoleRequest): Promise<Answer> => {
  const sid = MessageSid.safeParse(params.sid);
  if (!sid.success) {
    throw new OperationError('message_sid_invalid', 'a MessageSid is two letters and 32 hexadecimal digits');
  }
  const found = await findByMessage(context.stores, sid.data, query.get('cursor') ?? undefined);
  if (found.kind === 'person') return { redirect: pathOf(context)(found.subject) };
  if (found.kind === 'dead_letter') return { redirect: `/dead-letters/${inPath(found.id)}` };
  const looked =
    found.examined + (/^\d{1,9}$/.test(query.get('looked') ?? '') ? Number(query.get('looked')) : 0);
  const { next: cursor } = found;
  const next =
    cursor === undefined
      ? undefined
      : `/search/messages/${sid.data}?${new URLSearchParams({ cursor, looked: String(looked) }).toString()}`;
  const atMost = await context.stores.ledger.maxEntries();
  return pageOf(
    'Search',
    <MessageSearch messageSid={sid.data} looked={looked} atMost={atMost} next={next} />,
  );
};

/** The search box of every page. The text comes by POST: it may be a phone, which is in no URL. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'POST', path: '/search', role: 'viewer', kind: 'page', handle: find },
  { method: 'GET', path: '/search/people', role: 'viewer', kind: 'page', handle: several },
  { method: 'GET', path: '/search/messages/:sid', role: 'viewer', kind: 'page', handle: findMessage },
];
