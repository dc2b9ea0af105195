import type { JobStores } from '@optout-sync/shared/dead-letters';
import { e164Spellings, type ReconcileMode, type Subject } from '@optout-sync/shared/domain';
import {
  CursorError,
  isUnapplied,
  type Ledger,
  type LedgerEntry,
  type ListedEntry,
} from '@optout-sync/shared/ledger';
import { isSyncQueued, laneOf } from '@optout-sync/shared/queues';
import type { Findings, SyncMark, UnappliedIndex } from '@optout-sync/shared/reconcile';
import { stoppedSenders } from '../destinations/destination';
import type { ForcedSyncRequests } from './forced-sync-requests';

/** A pass under way, as the walk sees it. */
export interface WalkedPass {
  /** Under which it is counted. */
  readonly passes: SyncMark['passes'];
  readonly mode: ReconcileMode;
  readonly cursor: string;
  readonly examined: number;
  readonly requested: number;
}

/** What a page changes in its pass; a value `+n` is added. */
export type WalkProgress = Readonly<Record<string, string | number>>;

interface WalkOptions {
  readonly workspace: string;
  readonly ledger: Pick<Ledger, 'list' | 'read' | 'prune'>;
  /** How long messages that decide nothing are stored, in ms; undefined: without limit. */
  readonly retentionMs: number | undefined;
  readonly queues: Pick<JobStores, 'syncOf' | 'deadLetters'>;
  readonly unapplied: Pick<UnappliedIndex, 'add'>;
  readonly findings: Pick<Findings, 'page'>;
  readonly requests: ForcedSyncRequests;
  /** In ms since 1970, by the clock that events are received by. */
  readonly now: () => number;
}

/** Phones with a second channel that are remembered during a pass; others are compared twice. */
const MAX_PARTNERS = 10_000;
/** Findings that one call reads. */
const FINDINGS_PAGE = 1_000;
/** In ms: an event that was received so recently has its sync job soon. */
const PENDING_MS = 30_000;

/**
 * Reads the ledger of a workspace page by page, and asks for a forced sync of every phone that may differ. The entries of a
 * number on SMS and WhatsApp are asked for together, so that they share a search. A sweep also removes the messages of every entry that
 * are older than the retention.
 *
 * Guarantee: an opt-out that is in the ledger during a whole pass is asked for at least once, by whichever worker, unless the
 * dead letter of its sync waits for an operator, or its sync was dead-lettered and the pass only reports.
 */
export class LedgerWalk {
  /** Entries of the pass that were asked for with the other channel's, before the walk reached them. */
  private readonly partners = new Set<string>();
  /** Phones that an earlier comparison found orphans of: they are compared until there are none, also when nobody is stopped. */
  private readonly orphaned = new Set<string>();
  private passOf = '';

  constructor(private readonly options: WalkOptions) {}

  /**
   * Reads one page, at most `limit` phones.
   *
   * @param advance stores the progress; called before the phones of the page are asked for, and afterwards
   * @returns whether it was the last page
   */
  async readPage(
    pass: WalkedPass,
    limit: number,
    advance: (progress: WalkProgress) => Promise<unknown>,
  ): Promise<boolean> {
    const { workspace, ledger } = this.options;
    await this.beginPass(pass);
    const cursor = pass.cursor === '' ? {} : { cursor: pass.cursor };
    const old: Subject[] = [];
    const before = this.pruneBefore(pass);
    const matches = ({ subject, entry }: ListedEntry): boolean => {
      if (hasMessagesBefore(entry, before)) old.push(subject);
      return isTwin(subject) || isUnapplied(entry) || isCompared(entry) || this.isListed(subject, entry);
    };
    let page;
    try {
      page = await ledger.list({ workspace, matches, limit, ...cursor });
    } catch (error) {
      if (!(error instanceof CursorError)) throw error;
      await advance({ cursor: '', examined: 0, requested: 0, unverified: 0 });
      return false;
    }
    for (const subject of old) await ledger.prune(subject, before);
    const twins = page.entries.filter(({ subject }) => isTwin(subject));
    const spelled = page.entries.filter(({ subject }) => !isTwin(subject));
    const own = await this.withoutDeadLetters(spelled, pass);
    const listed = await this.withPartners(own);
    const compared = listed.filter(({ entry }) => !isUnapplied(entry));
    const unverified = compared.filter(({ entry }) => entry.readAt === undefined).length;
    if (unverified > 0) await advance({ unverified: `+${String(unverified)}` });
    const unapplied = listed.filter(({ entry }) => isUnapplied(entry));
    const lost = await this.indexUnapplied(unapplied);
    await Promise.all(unapplied.map((each) => this.joinUnapplied(each, pass)));
    await Promise.all(compared.map((each) => this.request(each, pass)));
    await Promise.all(twins.map((each) => this.requestMerge(each, pass)));
    await advance({
      cursor: page.next ?? '',
      examined: pass.examined + page.examined,
      requested: pass.requested + unapplied.length + compared.length + twins.length,
      walked: page.next === undefined ? '1' : '0',
      'found:unapplied': `+${String(lost)}`,
      'repaired:unapplied': `+${String(lost)}`,
    });
    return page.next === undefined;
  }

  /** In ms since 1970; 0 in a pass that an operator asked for, which may only report. */
  private pruneBefore({ passes }: WalkedPass): number {
    const { retentionMs, now } = this.options;
    return retentionMs === undefined || passes.sweep === undefined ? 0 : now() - retentionMs;
  }

  private request({ subject, entry }: ListedEntry, { mode, passes }: WalkedPass): Promise<void> {
    const unverified = entry.readAt === undefined;
    return this.options.requests.request(subject, { reason: 'sweep', mode, passes, unverified });
  }

  /** The pass waits for its sync, which is queued or runs already, or is found by the index of unapplied entries. */
  private joinUnapplied({ subject }: ListedEntry, { mode, passes }: WalkedPass): Promise<void> {
    return this.options.requests.join(subject, { reason: 'sweep', mode, passes });
  }

  /** The sync of the canonical spelling merges an entry under another one. */
  private requestMerge({ subject }: ListedEntry, { mode, passes }: WalkedPass): Promise<void> {
    return this.options.requests.request(canonical(subject), { reason: 'sweep', mode, passes });
  }

  /**
   * Leaves out what waits for an operator. An opt-out whose dead letter was discarded, or lost, waits for nobody: it is to be applied,
   * except by a pass that only reports. An opt-in alone is not, since a pass opts nobody in.
   */
  private async withoutDeadLetters(
    entries: readonly ListedEntry[],
    { mode }: WalkedPass,
  ): Promise<ListedEntry[]> {
    const waits = async ({ subject, entry }: ListedEntry): Promise<boolean> =>
      wasDeadLettered(entry) &&
      (mode === 'report' || !hasUnappliedStop(entry) || (await this.hasDeadLetter(subject)));
    const waiting = await Promise.all(entries.map(waits));
    return entries.filter((_, n) => !waiting[n]);
  }

  /** Whether the dead letter of its sync is stored. */
  private async hasDeadLetter({ workspace, channel, phone }: Subject): Promise<boolean> {
    const filter = { stage: 'sync', workspace, phone } as const;
    const { deadLetters } = await this.options.queues.deadLetters.page({ filter, limit: 10 });
    return deadLetters.some(
      ({ deadLetter: { undone } }) => undone.type === 'sync' && undone.request.channel === channel,
    );
  }

  /** Adds the entries of the same numbers on the other channel, and leaves out those that were added before. */
  private async withPartners(entries: readonly ListedEntry[]): Promise<ListedEntry[]> {
    const listed = new Map(entries.map((each) => [keyOf(each.subject), each]));
    for (const { subject } of entries)
      if (this.partners.delete(keyOf(subject))) listed.delete(keyOf(subject));
    const partners = await Promise.all([...listed.values()].map(({ subject }) => this.partnerOf(subject)));
    for (const partner of partners) {
      if (!partner || listed.has(keyOf(partner.subject))) continue;
      if (this.partners.size >= MAX_PARTNERS) continue;
      this.partners.add(keyOf(partner.subject));
      listed.set(keyOf(partner.subject), partner);
    }
    return [...listed.values()];
  }

  private async partnerOf({ workspace, channel, phone }: Subject): Promise<ListedEntry | undefined> {
    const subject: Subject = { workspace, channel: channel === 'sms' ? 'whatsapp' : 'sms', phone };
    const entry = await this.options.ledger.read(subject);
    return entry && !isUnapplied(entry) && isCompared(entry) ? { subject, entry } : undefined;
  }

  /** Returns how many of them have waited without a sync job. */
  private async indexUnapplied(entries: readonly ListedEntry[]): Promise<number> {
    const { queues, unapplied } = this.options;
    const now = this.options.now();
    let lost = 0;
    for (const { subject, entry } of entries) {
      const since = waitingSince(entry, now);
      await unapplied.add(subject, since, hasLiveStopPending(entry));
      if (since < now - PENDING_MS && !(await isSyncQueued(queues, subject))) lost++;
    }
    return lost;
  }

  private async beginPass({ passes }: WalkedPass): Promise<void> {
    const of = JSON.stringify(passes);
    if (of === this.passOf) return;
    this.partners.clear();
    this.orphaned.clear();
    const { workspace, findings } = this.options;
    let cursor: string | undefined;
    do {
      const options = {
        kind: 'orphaned',
        limit: FINDINGS_PAGE,
        ...(cursor !== undefined && { cursor }),
      } as const;
      const page = await findings.page(workspace, options);
      for (const { subject } of page.findings) this.orphaned.add(keyOf(subject));
      cursor = page.next;
    } while (cursor !== undefined);
    this.passOf = of;
  }

  private isListed(subject: Subject, { version, appliedVersion }: LedgerEntry): boolean {
    return version === appliedVersion && this.orphaned.has(keyOf(subject));
  }
}

const keyOf = ({ channel, phone }: Subject): string => `${channel}:${phone}`;

/** Whether it is an entry under another spelling of its number. */
function isTwin(subject: Subject): boolean {
  return canonical(subject).phone !== subject.phone;
}

function canonical(subject: Subject): Subject {
  return { ...subject, phone: e164Spellings(subject.phone)[0] };
}

/** Whether what is unapplied of an entry waited for an operator. */
function wasDeadLettered(entry: LedgerEntry): boolean {
  return (
    isUnapplied(entry) &&
    eventsOf(entry, 'dead_lettered').length > 0 &&
    eventsOf(entry, 'pending').length === 0
  );
}

/** Whether Customer.io may lack an opt-out that decides. It may lack all of them where Redis lost the applied version. */
function hasUnappliedStop({ version, appliedVersion, senders }: LedgerEntry): boolean {
  const held = appliedVersion > version ? 0 : appliedVersion;
  return [...senders.values()].some((consent) => consent.state === 'stopped' && consent.version > held);
}

function eventsOf(
  { history }: LedgerEntry,
  outcome: LedgerEntry['history'][number]['outcome'],
): LedgerEntry['history'] {
  return history.filter((event) => event.outcome === outcome);
}

/** Whether an entry may have messages that were sent and received before a time. Those in its history are not read. */
function hasMessagesBefore({ hasHistory, history }: LedgerEntry, before: number): boolean {
  if (before === 0) return false;
  return hasHistory === true || history.some((one) => Math.max(one.occurredAt, one.receivedAt) < before);
}

/** Whether people may differ from the applied version: some policy, maybe an earlier one, opts the number out by it. */
function isCompared(entry: LedgerEntry): boolean {
  return entry.version === entry.appliedVersion && stoppedSenders(entry).length > 0;
}

/** Since when an entry waits for its sync, in ms since 1970. */
function waitingSince(entry: LedgerEntry, now: number): number {
  const waiting = eventsOf(entry, wasDeadLettered(entry) ? 'dead_lettered' : 'pending');
  return Math.min(now, ...waiting.map(({ receivedAt }) => receivedAt));
}

/** Whether an opt-out waits that somebody sent. The lane of its job is not stored: a replay counts too. */
function hasLiveStopPending(entry: LedgerEntry): boolean {
  return eventsOf(entry, 'pending').some((event) => event.kind === 'stop' && laneOf(event) === 'live');
}
