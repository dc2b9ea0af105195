import { setTimeout as delay } from 'node:timers/promises';
import type { DriftKind, Finding } from '@optout-sync/shared/reconcile';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { requestOptIns, type OptIns } from './opt-ins';

/** The kinds that only an operator sets back. */
const KINDS = ['orphaned', 'looser_policy'] as const satisfies readonly DriftKind[];

/** Phones that are requested at a time, below the number that the reconciler lets wait: it goes on meanwhile. */
const CHUNK = 50;
const POLL_MS = 200;

/** What `allowOptIns` has done so far. */
interface OptInProgress {
  /** Findings whose phones were compared once more, with the permission to set people back. */
  readonly done: number;
}

/** Returns the findings whose people an operator may set back: how many phones of each kind, and the first ones. */
export async function previewOptIns(
  { findings }: Pick<Stores, 'findings'>,
  workspace: string,
  limit: number,
): Promise<{ readonly counts: Readonly<Record<(typeof KINDS)[number], number>>; readonly first: Finding[] }> {
  const { orphaned, looser_policy } = await findings.count(workspace);
  const pages = await Promise.all(KINDS.map((kind) => findings.page(workspace, { kind, limit })));
  return {
    counts: { orphaned, looser_policy },
    first: pages.flatMap((page) => page.findings).slice(0, limit),
  };
}

/**
 * Has the workers set back the people of all findings that only an operator sets back. Each chunk is in the audit trail before
 * it is requested. When it ends early, what remains stays among the findings, so that a repetition continues.
 *
 * @param takeMs how long a chunk may wait for the workers, in ms
 * @param stop ends it between two chunks
 * @returns how many findings remain, such as those of people who cannot be set back
 * @throws {OperationError} `who_missing`; `sync_not_taken` when no worker carries a chunk out in time
 */
export async function allowOptIns(
  stores: Pick<Stores, 'audit' | 'findings' | 'marks' | 'queues'>,
  workspace: string,
  {
    takeMs,
    onProgress,
    stop,
    ...author
  }: Partial<Author> & {
    readonly takeMs: number;
    readonly onProgress: (progress: OptInProgress) => void;
    readonly stop?: AbortSignal;
  },
): Promise<{ readonly remaining: number }> {
  requireAuthor(author);
  const tried = new Set<string>();
  while (!stop?.aborted) {
    const chunk = await nextChunk(stores, workspace, tried);
    if (chunk.length === 0) break;
    for (const finding of chunk) tried.add(keyOf(finding));
    const optIns = chunk.map(({ subject, people }): OptIns => ({ subject, people }));
    await requestOptIns(stores, optIns, author);
    await untilCompared(stores, optIns, takeMs);
    onProgress({ done: tried.size });
  }
  const { orphaned, looser_policy } = await stores.findings.count(workspace);
  return { remaining: orphaned + looser_policy };
}

/** The next findings that were not tried with these people yet. A finding of many people comes again with the rest of them. */
async function nextChunk(
  { findings }: Pick<Stores, 'findings'>,
  workspace: string,
  tried: ReadonlySet<string>,
): Promise<Finding[]> {
  const chunk: Finding[] = [];
  for (const kind of KINDS) {
    let cursor: string | undefined;
    do {
      const page = await findings.page(workspace, {
        kind,
        limit: CHUNK,
        ...(cursor !== undefined && { cursor }),
      });
      const wanted = page.findings.filter(
        (finding) => finding.people.length > 0 && !tried.has(keyOf(finding)),
      );
      chunk.push(...wanted.slice(0, CHUNK - chunk.length));
      cursor = page.next;
    } while (cursor !== undefined && chunk.length < CHUNK);
  }
  return chunk;
}

function keyOf({ subject, kind, people }: Finding): string {
  return [kind, subject.channel, subject.phone, ...people].join(' ');
}

async function untilCompared(
  { marks }: Pick<Stores, 'marks'>,
  optIns: readonly OptIns[],
  takeMs: number,
): Promise<void> {
  let open = optIns;
  let movedAt = performance.now();
  for (;;) {
    const present = await Promise.all(open.map(({ subject }) => marks.read(subject)));
    const rest = open.filter((_, n) => present[n] !== undefined);
    if (rest.length === 0) return;
    if (rest.length < open.length) movedAt = performance.now();
    open = rest;
    if (performance.now() - movedAt >= takeMs) {
      throw new OperationError(
        'sync_not_taken',
        `the workers have not compared ${String(rest.length)} phones in ${String(takeMs / 1_000)} s: is one running, and ` +
          'does Customer.io answer? What was requested is carried out later; repeat the command for the rest',
        'failed',
      );
    }
    await delay(POLL_MS);
  }
}
