import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import type { Subject } from '../domain/subject';
import { loadScript } from '../redis/load-script';
import { DriftKind, type Drift } from './drift';
import { parseMember, reconcileKey, toMember } from './keys';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutReplaceFindings(...args: (string | number)[]): Result<number, Context>;
    optoutPageFindings(...args: (string | number)[]): Result<[string[], string], Context>;
  }
}

const SCRIPTS = `${__dirname}/scripts`;
const REPLACE = loadScript(SCRIPTS, 'replace-findings.lua');
const PAGE = loadScript(SCRIPTS, 'page-findings.lua');

const KINDS = DriftKind.options;
/** cio_ids that a finding names. */
const MAX_PEOPLE = 20;
/** Findings of one kind in one workspace: about 12 MB. */
const MAX_FINDINGS = 50_000;
const MAX_PAGE_SIZE = 1_000;

const Details = z.object({ people: z.array(z.string()), total: z.number() });

/** People of a phone who differ from the ledger, and who have not been corrected. */
export interface Finding extends z.infer<typeof Details> {
  readonly subject: Subject;
  readonly kind: DriftKind;
  /** When a comparison first found it, in ms since 1970 by Redis' clock. */
  readonly foundAt: number;
  /** The cio_ids of the first people; `total` says how many there are. */
  readonly people: string[];
}

export interface FindingsPage {
  readonly findings: readonly Finding[];
  /** The cursor of the next page; missing on the last one. */
  readonly next: string | undefined;
}

/**
 * What the comparisons of a workspace found and did not correct, by kind, the oldest first. A comparison replaces the findings
 * of its phone, so that the list holds what differs now.
 *
 * In Redis, for each kind: `...:findings:<kind>`, a sorted set of phones by `foundAt`; `...:findings:<kind>:people`, a hash
 * with the people of each. A list holds at most 50,000 phones, and 20 cio_ids of each. Further phones are left out until a
 * comparison finds them again when there is room; the progress of a pass counts all of them.
 */
export class Findings {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    /** Of one kind in one workspace; tests replace it. */
    private readonly maxFindings = MAX_FINDINGS,
  ) {
    redis.defineCommand('optoutReplaceFindings', { numberOfKeys: 2 * KINDS.length, lua: REPLACE });
    redis.defineCommand('optoutPageFindings', { numberOfKeys: 2, lua: PAGE });
  }

  /**
   * Stores what a comparison of a phone found. Kinds that `found` lacks are removed. What was found before keeps its time.
   *
   * @param kinds the kinds that were compared; the others stay as they are
   */
  async replace(
    subject: Subject,
    found: Drift,
    kinds: readonly DriftKind[] = DriftKind.options,
  ): Promise<void> {
    const keys = KINDS.flatMap((kind) => this.keysOf(subject.workspace, kind));
    const details = KINDS.map((kind) => {
      if (!kinds.includes(kind)) return '-';
      const people = found[kind] ?? [];
      if (people.length === 0) return '';
      return JSON.stringify({ people: people.slice(0, MAX_PEOPLE), total: people.length });
    });
    await this.redis.optoutReplaceFindings(...keys, toMember(subject), this.maxFindings, ...details);
  }

  /** Returns the findings of one phone. */
  async read(subject: Subject): Promise<Finding[]> {
    const member = toMember(subject);
    const found = await Promise.all(
      KINDS.map(async (kind) => {
        const [set, people] = this.keysOf(subject.workspace, kind);
        const [foundAt, details] = await Promise.all([
          this.redis.zscore(set, member),
          this.redis.hget(people, member),
        ]);
        return foundAt === null ? undefined : parseFinding(subject, kind, foundAt, details ?? '');
      }),
    );
    return found.filter((finding) => finding !== undefined);
  }

  /** Returns the people that a finding of a phone names, as cio_ids; none where there is no such finding. */
  async peopleOf(subject: Subject, kind: DriftKind): Promise<string[]> {
    const details = await this.redis.hget(this.keysOf(subject.workspace, kind)[1], toMember(subject));
    return details === null ? [] : parseDetails(details).people;
  }

  /** Returns how many phones each list holds. A list that holds 50,000 may leave some out. */
  async count(workspace: string): Promise<Record<DriftKind, number>> {
    const counts = await Promise.all(KINDS.map((kind) => this.redis.zcard(this.keysOf(workspace, kind)[0])));
    return Object.fromEntries(KINDS.map((kind, n) => [kind, counts[n] ?? 0])) as Record<DriftKind, number>;
  }

  /**
   * Returns one page of the findings, one kind after the other, the oldest first. A finding that is there from the first page
   * to the last is listed at least once.
   *
   * @param kind all kinds where it is missing
   * @param cursor `next` of the page before; one that is mistyped starts over
   * @param limit at most 1,000
   */
  async page(
    workspace: string,
    { kind, cursor, limit }: { readonly kind?: DriftKind; readonly cursor?: string; readonly limit: number },
  ): Promise<FindingsPage> {
    const kinds = kind === undefined ? KINDS : [kind];
    const start = parseCursor(cursor);
    const first = start ? Math.max(0, kinds.indexOf(start.kind)) : 0;
    let after = start?.kind === kinds[first] ? (start?.after ?? '') : '';
    const findings: Finding[] = [];
    const wanted = Math.min(limit, MAX_PAGE_SIZE);
    for (const each of kinds.slice(first)) {
      const rest = wanted - findings.length;
      const [rows, next] = await this.redis.optoutPageFindings(...this.keysOf(workspace, each), after, rest);
      findings.push(...parseRows(workspace, each, rows));
      if (next !== '') return { findings, next: `${each}|${next}` };
      after = '';
    }
    return { findings, next: undefined };
  }

  private keysOf(workspace: string, kind: DriftKind): [string, string] {
    const set = reconcileKey(this.prefix, workspace, `findings:${kind}`);
    return [set, `${set}:people`];
  }
}

function parseRows(workspace: string, kind: DriftKind, rows: readonly string[]): Finding[] {
  const findings = [];
  for (let i = 0; i + 2 < rows.length; i += 3) {
    const subject = parseMember(workspace, rows[i] ?? '');
    if (subject) findings.push(parseFinding(subject, kind, rows[i + 1] ?? '', rows[i + 2] ?? ''));
  }
  return findings;
}

function parseFinding(subject: Subject, kind: DriftKind, foundAt: string, details: string): Finding {
  return { subject, kind, foundAt: Number(foundAt), ...parseDetails(details) };
}

/** A damaged finding names nobody: it does not hide the others, and nobody is set back by it. */
function parseDetails(text: string): z.infer<typeof Details> {
  try {
    return Details.parse(JSON.parse(text));
  } catch {
    return { people: [], total: 0 };
  }
}

function parseCursor(cursor: string | undefined): { kind: DriftKind; after: string } | undefined {
  const [, name, after = ''] = /^([a-z_]+)\|(.+)$/.exec(cursor ?? '') ?? [];
  const kind = DriftKind.safeParse(name);
  return kind.success ? { kind: kind.data, after } : undefined;
}
