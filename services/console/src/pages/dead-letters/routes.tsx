import { randomUUID } from 'node:crypto';
import type { VNode } from 'preact';
import {
  browseDeadLetters,
  discardPreviewed,
  inspectDeadLetter,
  parsePerson,
  previewReplay,
  previewSet,
  readStatus,
  replayPreviewed,
  requireAuthor,
} from '@optout-sync/operations';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { withMaskedPhones } from '@optout-sync/shared/domain';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { storedContent } from '../../views/stored-content';
import { countSearch } from '../search/search-limit';
import { readBulkForm } from './bulk-form';
import { InspectView } from './inspect-view';
import { DeadLettersView } from './list-view';
import { PreviewView, type BulkAction } from './preview-view';
import { readBulkSelection, readSelection } from './selection';
import { WaitingView } from './waiting-view';

const PAGE_SIZE = 50;
const PREVIEW_SIZE = 20;

export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/dead-letters', role: 'viewer', kind: 'page', handle: list },
  { method: 'POST', path: '/dead-letters/find', role: 'support', kind: 'page', handle: find },
  { method: 'GET', path: '/dead-letters/waiting', role: 'viewer', kind: 'page', handle: waiting },
  { method: 'GET', path: '/dead-letters/replay', role: 'operator', kind: 'page', handle: preview('replay') },
  { method: 'POST', path: '/dead-letters/replay', role: 'operator', kind: 'action', handle: replay },
  {
    method: 'GET',
    path: '/dead-letters/discard',
    role: 'operator',
    kind: 'page',
    handle: preview('discard'),
  },
  { method: 'POST', path: '/dead-letters/discard', role: 'operator', kind: 'action', handle: discard },
  { method: 'GET', path: '/dead-letters/:id', role: 'viewer', kind: 'page', handle: inspect },
  { method: 'POST', path: '/dead-letters/:id/reveal', role: 'support', kind: 'action', handle: reveal },
];

async function list({ context, query, user, csrf }: ConsoleRequest): Promise<Answer> {
  const selection = readSelection(query, context.people);
  const cursor = query.get('cursor') ?? undefined;
  const found = await browseDeadLetters(context.stores, {
    filter: selection.filter,
    limit: PAGE_SIZE,
    cursor,
  });
  const workspaces = workspacesOf(context);
  const props = { list: found, selection, query, workspaces, role: user.role, csrf };
  return pageOf('Dead letters', <DeadLettersView {...props} />);
}

const workspacesOf = ({ routes: { workspaces } }: ConsoleRequest['context']): string[] => [
  ...new Set(workspaces.values()),
];

/** Leads from a phone, which is in the form, to the list by the id of the person. */
async function find(request: ConsoleRequest): Promise<Answer> {
  await countSearch(request);
  const { context, form } = request;
  const person = parsePerson((form.get('phone') ?? '').replace(/[\s().-]/g, ''), undefined);
  const [workspace = 'default'] = workspacesOf(context);
  const id = context.people.idOf({ workspace, ...person });
  return { redirect: `/dead-letters?person=${id}` };
}

async function waiting({ context }: ConsoleRequest): Promise<Answer> {
  return pageOf('Waiting', <WaitingView {...await readStatus(context.stores, context.routes)} />);
}

async function inspect({ context, params, user, csrf }: ConsoleRequest): Promise<Answer> {
  const listed = await inspectDeadLetter(context.stores, params.id ?? '');
  return pageOf(`Dead letter ${listed.id}`, <InspectView {...{ listed, role: user.role, csrf }} />);
}

async function reveal({ context, params, user, form, csrf }: ConsoleRequest): Promise<Answer> {
  const { stores } = context;
  const listed = await inspectDeadLetter(stores, params.id ?? '');
  const { by, why } = requireAuthor({ by: user.name, why: form.get('why') ?? '' });
  await stores.audit.add({ action: 'reveal', by, why, details: { page: 'dead letter', id: listed.id } });
  const revealed = typeof listed.content === 'string' ? undefined : revealedText(listed.content);
  const props = { listed, role: user.role, csrf, ...(revealed !== undefined && { revealed }) };
  return pageOf(`Dead letter ${listed.id}`, <InspectView {...props} />);
}

/** Whole phones of one person at a time: where a letter has several, they stay masked. */
function revealedText(content: DeadLetter): string {
  const { undone } = content;
  const text = storedContent(content, 2);
  return undone.type === 'people' && undone.change.people.length > 1 ? withMaskedPhones(text) : text;
}

function preview(action: BulkAction): ConsoleRoute['handle'] {
  return async ({ context, query, csrf }) => {
    const {
      stores,
      routes: { workspaceOf },
    } = context;
    const selection = readBulkSelection(query, context.people);
    const set = await previewSet(stores, selection.filter, PREVIEW_SIZE);
    const readable = set.first.flatMap(({ id, content }) =>
      typeof content === 'string' ? [] : [{ id, deadLetter: content }],
    );
    const forecasts =
      action === 'replay' ? await previewReplay(readable, { ledger: stores.ledger, workspaceOf }) : new Map();
    const title = action === 'replay' ? 'Preview of a replay' : 'Preview of a discard';
    const props = { action, set, selection, forecasts, csrf, once: randomUUID() };
    return pageOf(title, <PreviewView {...props} />);
  };
}

async function replay(request: ConsoleRequest): Promise<Answer> {
  const { set, ...options } = readBulkForm(request);
  const author = { by: request.user.name, why: request.form.get('why') ?? '' };
  const run = await replayPreviewed(request.context.stores, set, { ...author, ...options });
  return { redirect: `/runs/${run.id}`, notice: `Replaying ${String(run.total)}. Workers carry it out.` };
}

async function discard(request: ConsoleRequest): Promise<Answer> {
  const { set } = readBulkForm(request);
  const author = { by: request.user.name, why: request.form.get('why') ?? '' };
  const discarded = await discardPreviewed(request.context.stores, set, author);
  const left = set.count - discarded;
  const rest = left > 0 ? ` ${String(left)} are being replayed, or were changed meanwhile.` : '';
  return { redirect: '/dead-letters', notice: `${String(discarded)} discarded.${rest}` };
}

const pageOf = (title: string, body: VNode): Answer => ({ page: { title, body, active: 'dead-letters' } });
