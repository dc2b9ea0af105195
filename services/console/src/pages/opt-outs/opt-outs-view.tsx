import type { OperationError, OptOut } from '@optout-sync/operations';
import { Channel, EventSource, REASON_TEXTS, Reason, type Subject } from '@optout-sync/shared/domain';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { Choice, FilterProblem, Text, Tick, WorkspaceChoice } from '../../views/filter-fields';
import { Notice } from '../../views/notice';
import { Pager } from '../../views/pager';
import { Phone } from '../../views/phone';
import { plural } from '../../views/plural';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { SOURCE_TEXTS } from '../person/words';

const PATH = '/opt-outs';

export interface OptOutsPage {
  readonly query: URLSearchParams;
  readonly workspaces: readonly string[];
  /** Missing where the filter is wrong, which `problem` says. */
  readonly list?: List;
  readonly problem?: OperationError;
  readonly pathOf: (subject: Subject) => string;
}

interface List {
  readonly optOuts: readonly OptOut[];
  /** Those whose entries cannot be read. */
  readonly unreadable: readonly Subject[];
  /** Ledger entries that were looked at, for this page and for those before. */
  readonly examined: number;
  readonly before: number;
  /** The ledger certainly has no more entries. */
  readonly atMost: number;
  readonly next: string | undefined;
}

/** Who is opted out: a filter, and a page of the list. */
export const OptOutsView = ({ query, workspaces, list, problem, pathOf }: OptOutsPage) => (
  <>
    <FilterForm query={query} workspaces={workspaces} />
    <FilterProblem problem={problem} />
    {list && (
      <>
        <Rows optOuts={list.optOuts} pathOf={pathOf} />
        <Unreadable subjects={list.unreadable} pathOf={pathOf} />
        <p role="status">{lookedAt(list)}</p>
        <Pager path={PATH} query={nextQuery(query, list)} next={list.next} />
      </>
    )}
  </>
);

/** How far the list has come. It has no index: a page looks at 10,000 entries at most. */
function lookedAt({ optOuts, examined, before, atMost, next }: List): string {
  const number = (count: number): string => count.toLocaleString('en');
  const listed = optOuts.length === 0 ? 'None listed' : `${number(optOuts.length)} listed`;
  const looked = `${number(examined)} entries looked at`;
  const all = before > 0 ? `, ${number(before + examined)} with the pages before` : '';
  if (next === undefined) return `${listed}, ${looked}${all}. This is the end.`;
  return `${listed}, ${looked}${all}, of at most ${number(atMost)}. The next page goes on from here.`;
}

/** The filter of the next page, which also says how far the pages before it came. */
function nextQuery(query: URLSearchParams, { before, examined, next }: List): URLSearchParams {
  const target = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  if (next !== undefined) target.set('looked', String(before + examined));
  return target;
}

const Rows = ({ optOuts, pathOf }: Pick<List, 'optOuts'> & Pick<OptOutsPage, 'pathOf'>) => (
  <Table
    caption="Opt-outs, in no order"
    empty="Nobody on this page."
    rows={optOuts}
    columns={[
      {
        heading: 'phone',
        cell: ({ subject }) => (
          <a href={pathOf(subject)}>
            <Phone value={subject.phone} />
          </a>
        ),
      },
      { heading: 'channel', cell: ({ subject }) => subject.channel },
      { heading: 'workspace', cell: ({ subject }) => <Cut text={subject.workspace} /> },
      {
        heading: 'state',
        cell: ({ now }) => (
          <Badge tone={now.state === 'stopped' ? 'warn' : 'good'}>
            {now.state === 'stopped' ? 'opted out' : 'opted in'}
          </Badge>
        ),
      },
      { heading: 'since', cell: ({ now }) => <Time at={now.since} /> },
      { heading: 'because', cell: ({ now }) => now.reasons.map((reason) => REASON_TEXTS[reason]).join('; ') },
      {
        heading: 'stopped senders',
        cell: ({ now }) => <Cut text={now.stoppedSenders.join(', ')} />,
      },
      {
        heading: 'in Customer.io',
        cell: ({ entry }) => `version ${String(entry.appliedVersion)} of ${String(entry.version)}`,
      },
      { heading: 'people', cell: ({ entry }) => entry.people.length, numeric: true },
    ]}
  />
);

const MOST_NAMED = 10;

/** Entries that are left out of a list since they cannot be read. Their people may be opted out. */
export const Unreadable = ({
  subjects,
  pathOf,
}: {
  readonly subjects: readonly Subject[];
  readonly pathOf: (subject: Subject) => string;
}) =>
  subjects.length === 0 ? null : (
    <Notice tone="bad">
      {plural(subjects.length, 'entry is', 'entries are')} left out, which cannot be read (
      <code>ledger_entry_unreadable</code>):{' '}
      {subjects.slice(0, MOST_NAMED).map((subject) => (
        <>
          <a href={pathOf(subject)}>
            <Phone value={subject.phone} />
          </a>{' '}
        </>
      ))}
      {subjects.length > MOST_NAMED && 'and more'}
    </Notice>
  );

const FilterForm = ({ query, workspaces }: Pick<OptOutsPage, 'query' | 'workspaces'>) => (
  <form method="get" action={PATH} class="filters" aria-label="Filter">
    <Choice
      name="state"
      label="State"
      query={query}
      options={[
        ['stopped', 'opted out'],
        ['started', 'opted in'],
        ['any', 'any'],
      ]}
    />
    <WorkspaceChoice query={query} workspaces={workspaces} />
    <Choice
      name="channel"
      label="Channel"
      query={query}
      options={[['', 'all'], ...Channel.options.map((name) => [name, name] as const)]}
    />
    <Text name="sender" label="Your sender" placeholder="MG… or a number" query={query} />
    <Choice
      name="source"
      label="Source"
      query={query}
      options={[['', 'all'], ...EventSource.options.map((name) => [name, SOURCE_TEXTS[name]] as const)]}
    />
    <Choice
      name="reason"
      label="Reason"
      query={query}
      options={[['', 'all'], ...Reason.options.map((name) => [name, REASON_TEXTS[name]] as const)]}
    />
    <Text name="since" label="Since" placeholder="7d or 2026-02-25" query={query} />
    <Text name="until" label="Until" placeholder="1d or 2026-02-25" query={query} />
    <Tick name="pending" label="Customer.io does not hold it yet" query={query} />
    <Tick name="no_match" label="Nobody had the number" query={query} />
    <button type="submit">Filter</button>
  </form>
);
