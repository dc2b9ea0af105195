import type { BrowsedDeadLetters } from '@optout-sync/operations';
import { Stage, type ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import { mayDo, type Role } from '../../http/route';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { CsrfField } from '../../views/form';
import { Pager } from '../../views/pager';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import type { Selection } from './selection';
import { Undone } from './undone';

export interface ListProps {
  readonly list: BrowsedDeadLetters;
  readonly selection: Selection;
  /** The fields as they were typed. */
  readonly query: URLSearchParams;
  readonly workspaces: readonly string[];
  readonly role: Role;
  readonly csrf: string;
}

/** The dead letters that meet a filter, a page of them. */
export const DeadLettersView = ({ list, selection, query, workspaces, role, csrf }: ListProps) => (
  <>
    <p>
      What failed for good is stored here until somebody replays or discards it. <b>Nothing is lost</b>, but
      until the replay a STOP may be missing in Customer.io. What only waits is on the page{' '}
      <a href="/dead-letters/waiting">Waiting</a>.
    </p>
    <FilterForm query={query} workspaces={workspaces} />
    {mayDo(role, 'support') && <PhoneForm csrf={csrf} />}
    <p role="status">
      {list.exact ? '' : 'At least '}
      <b>{count(list.total)}</b> {Object.keys(selection.filter).length > 0 ? 'meet this filter' : 'in all'}
      {list.lookedUntil !== undefined && (
        <>
          . This page looked at failures up to <Time at={list.lookedUntil} />
        </>
      )}
      .
    </p>
    <form method="get" action="/dead-letters/replay" class="bulk">
      <Table
        caption="Dead letters, the oldest failure first"
        empty={emptyText(list)}
        rows={list.listed}
        columns={[
          ...(mayDo(role, 'operator') ? [{ heading: 'select', cell: Mark }] : []),
          { heading: 'dead letter', cell: ({ id }) => <a href={`/dead-letters/${id}`}>{id}</a> },
          { heading: 'last failed', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
          { heading: 'stage', cell: ({ stage }) => <Cut text={stage} /> },
          { heading: 'code', cell: ({ code }) => <Cut text={code} /> },
          { heading: 'attempts', cell: ({ attempts }) => attempts, numeric: true },
          { heading: 'what', cell: What },
        ]}
      />
      {mayDo(role, 'operator') && list.listed.length > 0 && (
        <Buttons total={list.total} selection={selection} exact={list.exact} />
      )}
    </form>
    <Pager path="/dead-letters" query={withoutEmpty(query)} next={list.next} />
  </>
);

const count = (n: number): string => n.toLocaleString('en-US');

const Mark = ({ id }: ListedDeadLetter) => (
  <input type="checkbox" name="id" value={id} aria-label={`Select ${id}`} />
);

const What = ({ content, run }: ListedDeadLetter) => (
  <>
    <Undone content={content} /> {run !== undefined && <Badge tone="warn">replaying</Badge>}
  </>
);

function emptyText({ total, lookedUntil }: BrowsedDeadLetters): string {
  if (lookedUntil !== undefined) return 'None among those that this page looked at. The next page goes on.';
  return total > 0 ? 'No more dead letters.' : 'No dead letters.';
}

/** The buttons lead to a preview, which changes nothing. */
const Buttons = ({
  selection,
  total,
  exact,
}: Pick<ListProps, 'selection'> & Pick<BrowsedDeadLetters, 'total' | 'exact'>) => {
  const all = new URLSearchParams(selection.fields);
  if (all.size === 0) all.set('all', '1');
  const number = exact ? count(total) : 'all';
  return (
    <p class="buttons">
      <button type="submit">Preview a replay of the marked</button>
      <button type="submit" formAction="/dead-letters/discard">
        Preview a discard of the marked
      </button>
      <a class="button" href={`/dead-letters/replay?${all.toString()}`}>
        Preview a replay of {number}
      </a>
      <a class="button" href={`/dead-letters/discard?${all.toString()}`}>
        Preview a discard of {number}
      </a>
    </p>
  );
};

const FilterForm = ({ query, workspaces }: Pick<ListProps, 'query' | 'workspaces'>) => {
  const value = (name: string): string => query.get(name) ?? '';
  return (
    <form method="get" action="/dead-letters" class="filters" role="search" aria-label="Filter dead letters">
      <Field name="code" label="Code" value={value('code')} />
      <Choice name="stage" label="Stage" value={value('stage')} options={Stage.options} />
      <Choice name="source" label="Source" value={value('source')} options={EventSource.options} />
      <Choice name="workspace" label="Workspace" value={value('workspace')} options={workspaces} />
      <Field name="sid" label="MessageSid" value={value('sid')} />
      <Field name="since" label="Failed since" value={value('since')} placeholder="2h" />
      <Field name="until" label="Failed until" value={value('until')} placeholder="2026-02-25T09:59:58Z" />
      {value('person') !== '' && (
        <label>
          <input type="checkbox" name="person" value={value('person')} checked /> of one person
        </label>
      )}
      <button type="submit">Filter</button>
      <a href="/dead-letters">No filter</a>
    </form>
  );
};

const Field = ({
  name,
  label,
  value,
  placeholder,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
}) => (
  <label>
    {label}
    <input
      name={name}
      value={value.slice(0, 200)}
      maxLength={200}
      autocomplete="off"
      placeholder={placeholder}
    />
  </label>
);

const Choice = ({
  name,
  label,
  value,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
}) => (
  <label>
    {label}
    <select name={name}>
      <option value="">any</option>
      {options.map((option) => (
        <option value={option} selected={option === value}>
          {option}
        </option>
      ))}
    </select>
  </label>
);

/** A phone is never in a URL: the answer leads to the list by the id of the person. */
const PhoneForm = ({ csrf }: Pick<ListProps, 'csrf'>) => (
  <form method="post" action="/dead-letters/find" class="filters">
    <CsrfField csrf={csrf} />
    <label>
      Phone
      <input name="phone" type="tel" required maxLength={40} autocomplete="off" placeholder="+14155550123" />
    </label>
    <button type="submit">Find by phone</button>
  </form>
);

function withoutEmpty(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([, value]) => value !== ''));
}
