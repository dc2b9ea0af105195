import type { OperationError, SentAfterList } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import { Cut } from '../../views/cut';
import { Choice, FilterProblem, Text, WorkspaceChoice } from '../../views/filter-fields';
import { DocsLink } from '../../views/form';
import { Notice } from '../../views/notice';
import { Pager } from '../../views/pager';
import { Phone } from '../../views/phone';
import { plural } from '../../views/plural';
import { Table } from '../../views/table';
import { Time } from '../../views/time';

const PATH = '/sent-after';

export interface SentAfterPage {
  readonly query: URLSearchParams;
  readonly workspaces: readonly string[];
  /** Missing where the filter is wrong, which `problem` says. */
  readonly list?: SentAfterList;
  readonly problem?: OperationError;
  readonly pathOf: (subject: Subject) => string;
}

/** The messages that were sent after an opt-out, and which part of Twilio's log was compared. */
export const SentAfterView = ({ query, workspaces, list, problem, pathOf }: SentAfterPage) => (
  <>
    <p>
      Messages that left for people who had opted out before, as Twilio's message log has them. The SID leads
      to a message in Twilio's console, which says who had it sent.{' '}
      <DocsLink page="runbook.md#sentafteroptout">What to do</DocsLink>
    </p>
    <FilterForm query={query} workspaces={workspaces} />
    <FilterProblem problem={problem} />
    {list && (
      <>
        <Rows messages={list.messages} pathOf={pathOf} />
        <Unreadable sids={list.unreadable} />
        <p role="status">
          {list.messages.length === 0 ? 'None' : list.messages.length} listed, {list.examined} examined.
        </p>
        <Pager path={PATH} query={query} next={list.next} />
        <Checked checked={list.checked} />
      </>
    )}
  </>
);

const Rows = ({ messages, pathOf }: Pick<SentAfterList, 'messages'> & Pick<SentAfterPage, 'pathOf'>) => (
  <Table
    caption="Messages, the latest first"
    empty="No message."
    rows={messages}
    columns={[
      {
        heading: 'message',
        cell: ({ messageSid }) => <code>{messageSid}</code>,
      },
      { heading: 'sent', cell: ({ sentAt }) => <Time at={sentAt} /> },
      { heading: 'status', cell: ({ status }) => <Cut text={status} /> },
      { heading: 'sender', cell: ({ sender }) => <Cut text={sender} /> },
      {
        heading: 'phone',
        cell: ({ workspace, channel, phone }) => (
          <a href={pathOf({ workspace, channel, phone })}>
            <Phone value={phone} />
          </a>
        ),
      },
      { heading: 'channel', cell: ({ channel }) => channel },
      { heading: 'workspace', cell: ({ workspace }) => <Cut text={workspace} /> },
      { heading: 'opted out', cell: ({ optOut }) => <Time at={optOut.occurredAt} /> },
      { heading: 'of', cell: ({ optOut }) => <Cut text={optOut.sender} /> },
      {
        heading: 'by message',
        cell: ({ optOut }) => <code>{optOut.messageSid}</code>,
      },
    ]}
  />
);

const MOST_NAMED = 10;

/** Messages that are left out of the list since they cannot be read. */
const Unreadable = ({ sids }: { readonly sids: readonly string[] }) =>
  sids.length === 0 ? null : (
    <Notice tone="bad">
      {plural(sids.length, 'message is', 'messages are')} left out, written by a later release or damaged:{' '}
      <Cut text={sids.slice(0, MOST_NAMED).join(', ')} at={500} />
      {sids.length > MOST_NAMED && ' and more'}
    </Notice>
  );

/** What was checked, and that something was not. */
const Checked = ({ checked }: Pick<SentAfterList, 'checked'>) => (
  <section aria-labelledby="checked">
    <h2 id="checked">What was checked</h2>
    {checked.size === 0 ? (
      <p>
        Twilio's message log has not been read: set <code>SENT_CHECK_PERIOD</code> for the worker.{' '}
        <DocsLink page="sent-after.md">How</DocsLink>
      </p>
    ) : (
      <ul>
        {[...checked].map(([account, { since, until }]) => (
          <li>
            The log of <Cut text={account} />, from <Time at={since} /> to <Time at={until} />
          </li>
        ))}
      </ul>
    )}
  </section>
);

const FilterForm = ({ query, workspaces }: Pick<SentAfterPage, 'query' | 'workspaces'>) => (
  <form method="get" action={PATH} class="filters" aria-label="Filter">
    <Choice
      name="relation"
      label="Opted out of"
      query={query}
      options={[
        ['same_sender', 'the sender of the message'],
        ['other_sender', 'another sender'],
      ]}
    />
    <WorkspaceChoice query={query} workspaces={workspaces} />
    <Text name="sender" label="Your sender" placeholder="MG… or a number" query={query} />
    <Text name="since" label="Sent since" placeholder="7d or 2026-02-25" query={query} />
    <Text name="until" label="Sent until" placeholder="1d or 2026-02-25" query={query} />
    <button type="submit">Filter</button>
  </form>
);
