import type { Channel, ConsentPolicy, Subject } from '@optout-sync/shared/domain';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import type { DriftKind, Finding } from '@optout-sync/shared/reconcile';
import { OperationError } from '../operation-error';
import { MAX_OPT_OUT_PAGE, toOptOut, type OptOut, type OptOutFilter } from '../optouts/list';
import type { Stores } from '../stores';

/** A ledger entry, and how people differ from it. */
export interface DriftedOptOut extends OptOut {
  readonly finding: Finding;
}

interface DriftedPage {
  readonly optOuts: readonly DriftedOptOut[];
  /** Those whose ledger entries this release cannot read. */
  readonly unreadable: readonly Subject[];
  /** How many findings were examined. */
  readonly examined: number;
  /** The cursor of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
}

export interface DriftedQuery {
  readonly filter: OptOutFilter;
  /** Missing for all kinds. */
  readonly kind?: DriftKind | undefined;
  /** The consent policy by workspace: the workspaces to list. */
  readonly policies: ReadonlyMap<string, ConsentPolicy>;
  readonly cursor?: string | undefined;
}

/**
 * Returns a page of what the comparisons found and did not correct, and whose ledger entry meets the filter: one workspace
 * and kind after the other, the oldest first.
 *
 * @param query.limit 1 to 1,000 findings to examine
 * @throws {OperationError} `limit_invalid`, `cursor_invalid`
 */
export async function listDrifted(
  { findings, ledger }: Pick<Stores, 'findings' | 'ledger'>,
  { filter, kind, policies, cursor, limit }: DriftedQuery & { readonly limit: number },
): Promise<DriftedPage> {
  if (limit < 1 || limit > MAX_OPT_OUT_PAGE) {
    throw new OperationError('limit_invalid', `the limit must be from 1 to ${String(MAX_OPT_OUT_PAGE)}`);
  }
  const names = [...policies.keys()].filter(
    (name) => filter.workspace === undefined || name === filter.workspace,
  );
  const start = parseCursor(cursor, names);
  const workspace = names[start.position];
  if (workspace === undefined) return { optOuts: [], unreadable: [], examined: 0, next: undefined };
  const page = await findings.page(workspace, {
    limit,
    ...(kind !== undefined && { kind }),
    ...(start.within !== '' && { cursor: start.within }),
  });
  const unreadable: Subject[] = [];
  const rows = await Promise.all(
    page.findings.map(async (finding) => {
      const { subject } = finding;
      if (!isOfChannel(finding, filter.channel)) return undefined;
      try {
        const entry = await ledger.read(subject);
        const optOut = entry && toOptOut({ subject, entry }, filter, policies);
        return optOut && { ...optOut, finding };
      } catch (error) {
        if (!(error instanceof UnreadableEntryError)) throw error;
        unreadable.push(subject);
        return undefined;
      }
    }),
  );
  const following = names[start.position + 1];
  const position = page.next === undefined ? following && `${following}/` : `${workspace}/${page.next}`;
  const next = position && Buffer.from(position).toString('base64url');
  const optOuts = rows.filter((row) => row !== undefined);
  return { optOuts, unreadable, examined: page.findings.length, next };
}

/** Returns all pages, from the cursor to the end. Throws as `listDrifted` does. */
export async function* everyDrifted(
  stores: Pick<Stores, 'findings' | 'ledger'>,
  query: DriftedQuery,
): AsyncGenerator<DriftedPage> {
  let { cursor } = query;
  do {
    const page = await listDrifted(stores, { ...query, cursor, limit: MAX_OPT_OUT_PAGE });
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

function isOfChannel({ subject }: Finding, channel: Channel | undefined): boolean {
  return channel === undefined || subject.channel === channel;
}

/** `<workspace>/<cursor of its findings>` in base64url: it holds a phone, and is pasted into a shell. */
function parseCursor(
  cursor: string | undefined,
  names: readonly string[],
): { readonly position: number; readonly within: string } {
  if (cursor === undefined) return { position: 0, within: '' };
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, name = '', within = ''] = /^([^/]+)\/(.*)$/.exec(text) ?? [];
  const position = names.indexOf(name);
  if (position >= 0) return { position, within };
  throw new OperationError('cursor_invalid', 'the cursor is not valid; start over without a cursor');
}
