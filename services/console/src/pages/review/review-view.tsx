import type { SuspiciousMessage } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import type { ReviewEntry } from '@optout-sync/shared/review';
import { withMaskedPhones } from '@optout-sync/shared/domain';
import { inPath } from '../../http/in-path';
import { Cut } from '../../views/cut';
import { Pager } from '../../views/pager';
import { Phone } from '../../views/phone';
import { Table } from '../../views/table';
import { Time } from '../../views/time';

interface ReviewPage {
  readonly entries: readonly ReviewEntry[];
  /** MessageSids of entries that cannot be read. */
  readonly unreadable: readonly string[];
  readonly total: number;
  readonly suspicious: { readonly messages: readonly SuspiciousMessage[]; readonly total: number };
  readonly query: URLSearchParams;
  readonly next: string | undefined;
  readonly pathOf: (subject: Subject) => string;
}

/** The messages that wait for a decision. */
export const ReviewView = (page: ReviewPage) => (
  <>
    <section aria-labelledby="worded">
      <h2 id="worded">Worded like an opt-out, or blocked with a code to look at</h2>
      <Worded {...page} />
      <Unreadable sids={page.unreadable} />
      <Pager path="/review" query={page.query} next={page.next} />
    </section>
    <section aria-labelledby="suspicious">
      <h2 id="suspicious">Signed, but maybe made of another message</h2>
      <Suspicious {...page.suspicious} />
    </section>
  </>
);

const Worded = ({ entries, total, pathOf }: ReviewPage) => (
  <Table
    caption={`The review list, the oldest first: ${String(total)} in all`}
    empty="Nothing to review on this page."
    rows={entries}
    columns={[
      {
        heading: 'message',
        cell: ({ messageSid }) => <a href={`/review/${inPath(messageSid)}`}>{messageSid}</a>,
      },
      { heading: 'received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
      { heading: 'rule', cell: ({ phrase = '–' }) => <Cut text={phrase} /> },
      {
        heading: 'phone',
        cell: (entry) => (
          <a href={pathOf(entry)}>
            <Phone value={entry.phone} />
          </a>
        ),
      },
      { heading: 'channel', cell: ({ channel }) => channel },
      { heading: 'workspace', cell: ({ workspace }) => <Cut text={workspace} /> },
      { heading: 'sender', cell: ({ sender }) => <Cut text={sender} /> },
    ]}
  />
);

const Unreadable = ({ sids }: { readonly sids: readonly string[] }) =>
  sids.length === 0 ? null : (
    <>
      <p role="alert">
        Messages that cannot be read, since a later release wrote them or they are damaged: {sids.length}.
        They can be taken off the list.
      </p>
      <ul>
        {sids.map((sid) => (
          <li>
            <a href={`/review/${inPath(sid)}`}>
              <Cut text={sid} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );

const Suspicious = ({ messages, total }: ReviewPage['suspicious']) => (
  <Table
    caption={`Never applied by themselves: ${String(total)} in all`}
    empty="There is none."
    rows={messages}
    columns={[
      {
        heading: 'dead letter',
        cell: ({ id }) => <a href={`/review/dead-letters/${inPath(id)}`}>{id}</a>,
      },
      { heading: 'received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
      { heading: 'code', cell: ({ code }) => <Cut text={code} /> },
      { heading: 'message', cell: ({ messageSid = '–' }) => <Cut text={withMaskedPhones(messageSid)} /> },
      { heading: 'phone', cell: ({ claim }) => (claim ? <Phone value={claim.phone} /> : '–') },
    ]}
  />
);
