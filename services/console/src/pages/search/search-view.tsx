import type { Subject } from '@optout-sync/shared/domain';
import { Cut } from '../../views/cut';
import { Phone } from '../../views/phone';
import { Table } from '../../views/table';

/** What the search box takes. */
export const NothingFound = () => (
  <>
    <p role="alert">Nothing was found.</p>
    <p>The search takes one of these:</p>
    <ul>
      <li>
        a phone in any spelling, with its country code or as it is written in a country that is configured
      </li>
      <li>a MessageSid: two letters and 32 hexadecimal digits</li>
      <li>the cio_id of a person at Customer.io, or the id of a person&apos;s page here</li>
      <li>the id of a dead letter: dl- and 20 hexadecimal digits</li>
    </ul>
  </>
);

/** Several entries that a search may mean. */
export const SeveralPeople = ({
  subjects,
  pathOf,
}: {
  readonly subjects: readonly Subject[];
  readonly pathOf: (subject: Subject) => string;
}) => (
  <Table
    caption="What you may mean"
    empty="The addresses name nobody."
    rows={subjects}
    columns={[
      {
        heading: 'phone',
        cell: (subject) => (
          <a href={pathOf(subject)}>
            <Phone value={subject.phone} />
          </a>
        ),
      },
      { heading: 'channel', cell: ({ channel }) => channel },
      { heading: 'workspace', cell: ({ workspace }) => <Cut text={workspace} /> },
    ]}
  />
);

/** A message that was not found yet, and how far the search looked. */
export const MessageSearch = ({
  messageSid,
  looked,
  atMost,
  next,
}: {
  readonly messageSid: string;
  /** Ledger entries that were looked at so far. */
  readonly looked: number;
  readonly atMost: number;
  /** The address that goes on; missing at the end. */
  readonly next: string | undefined;
}) => (
  <>
    <p role="status">
      <code>{messageSid}</code> is neither on the review list nor in the dead letters, nor among the{' '}
      {looked.toLocaleString('en')} ledger entries looked at
      {next === undefined ? ', which are all.' : `, of at most ${atMost.toLocaleString('en')}.`}
    </p>
    {next === undefined ? (
      <p>
        The ledger has messages that concern consent. Twilio&apos;s message log has every message with its
        phone, which you can search for.
      </p>
    ) : (
      <p>
        <a href={next} rel="next">
          Go on
        </a>
      </p>
    )}
  </>
);
