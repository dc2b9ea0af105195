import { EventKind, REASON_TEXTS, withoutPhones } from '@optout-sync/shared/domain';
import type { VNode } from 'preact';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import type { Moment } from './timeline';
import { DRIFT_TEXTS, KIND_TEXTS, OUTCOMES, SOURCE_TEXTS } from './words';

/** Rows that are shown at first. */
const FIRST_MOMENTS = 100;

/** What happened to a phone, the latest first. */
export const Timeline = ({
  moments,
  origins,
  path,
  all,
}: {
  readonly moments: readonly Moment[];
  readonly origins: ReadonlyMap<string, string>;
  readonly path: string;
  /** Whether to show every row. */
  readonly all: boolean;
}) => (
  <section aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    <Table
      caption="Messages, writes, reads, drift and what was sent after an opt-out, the latest first"
      empty="Nothing is stored."
      rows={all ? moments : moments.slice(0, FIRST_MOMENTS)}
      columns={[
        { heading: 'when', cell: ({ at }) => <Time at={at} /> },
        { heading: 'what', cell: whatOf },
        { heading: 'how it ended', cell: outcomeOf },
        { heading: 'details', cell: (moment) => detailsOf(moment, origins) },
      ]}
    />
    {!all && moments.length > FIRST_MOMENTS && (
      <p>
        <a href={`${path}?timeline=all#timeline`}>Show all {moments.length}</a>
      </p>
    )}
  </section>
);

function whatOf(moment: Moment): VNode {
  switch (moment.kind) {
    case 'message': {
      const { message, reason } = moment;
      return (
        <>
          <strong>{kindText(message.kind)}</strong> {SOURCE_TEXTS[message.source]}
          {reason && `: ${REASON_TEXTS[reason]}`}
        </>
      );
    }
    case 'applied':
      return <>write: version {moment.version.version}</>;
    case 'corrected':
      return <>write by a comparison</>;
    case 'read':
      return <>last read of Customer.io</>;
    case 'drift':
      return <>drift</>;
    case 'sent_after':
      return <strong>sent after an opt-out</strong>;
    default:
      return moment satisfies never;
  }
}

function outcomeOf(moment: Moment): VNode {
  switch (moment.kind) {
    case 'message': {
      const { tone, text } = OUTCOMES[moment.message.outcome];
      return <Badge tone={tone}>{text}</Badge>;
    }
    case 'applied':
    case 'corrected':
      return <Badge tone="good">written</Badge>;
    case 'read':
      return <Badge tone="quiet">compared</Badge>;
    case 'drift':
      return <Badge tone="bad">not corrected</Badge>;
    case 'sent_after':
      return (
        <Badge tone={moment.sent.relation === 'same_sender' ? 'bad' : 'warn'}>
          <Cut text={moment.sent.status} />
        </Badge>
      );
    default:
      return moment satisfies never;
  }
}

function detailsOf(moment: Moment, origins: ReadonlyMap<string, string>): VNode {
  switch (moment.kind) {
    case 'message':
      return <MessageDetails {...moment.message} />;
    case 'applied': {
      const by = origins.get(moment.version.appliedBy ?? '');
      return by === undefined ? <></> : <Cut text={`by ${by}`} />;
    }
    case 'corrected': {
      const { reason, kind, people, total } = moment.write;
      const value = kind === 'orphaned' || kind === 'looser_policy' ? 'false' : 'true';
      return (
        <>
          {value}, {peopleCount(total)} (<Cut text={people.join(', ')} />
          ), asked for by <Cut text={reason} />: <Cut text={kind} />
        </>
      );
    }
    case 'read':
      return <></>;
    case 'drift': {
      const { kind, people, total } = moment.finding;
      return (
        <>
          {peopleCount(total)}: {DRIFT_TEXTS[kind]} (<Cut text={people.join(', ')} />)
        </>
      );
    }
    case 'sent_after': {
      const { sender, messageSid, relation, optOut } = moment.sent;
      return (
        <>
          from <Cut text={sender} />, <code>{messageSid}</code>; opted out of{' '}
          {relation === 'same_sender' ? 'it' : <Cut text={optOut.sender} />} at{' '}
          <Time at={optOut.occurredAt} /> by <code>{optOut.messageSid}</code>
        </>
      );
    }
    default:
      return moment satisfies never;
  }
}

/** The kind of a stored message, which a damaged entry may have spelled otherwise. */
const kindText = (kind: string): string => {
  const known = EventKind.safeParse(kind);
  return known.success ? KIND_TEXTS[known.data] : 'unknown';
};

const peopleCount = (total: number): string => (total === 1 ? '1 person' : `${String(total)} people`);

const MessageDetails = ({
  sender,
  messageSid,
  note,
}: Pick<Extract<Moment, { kind: 'message' }>['message'], 'sender' | 'messageSid' | 'note'>) => (
  <>
    to <Cut text={sender} />, <code>{<Cut text={messageSid} />}</code>
    {note?.phrase !== undefined && (
      <>
        , words: rule <Cut text={withoutPhones(note.phrase)} />
      </>
    )}
    {note?.by !== undefined && (
      <>
        , by <Cut text={withoutPhones(note.by)} />
      </>
    )}
    {note?.why !== undefined && (
      <>
        : <Cut text={withoutPhones(note.why)} />
      </>
    )}
  </>
);
