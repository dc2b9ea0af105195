import { REASON_TEXTS } from '@optout-sync/shared/domain';
import { inPath } from '../../http/in-path';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { Notice } from '../../views/notice';
import { Phone } from '../../views/phone';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { PersonActions } from './actions-view';
import { CioIds } from './cio-ids';
import type { PersonPage } from './person-page';
import type { Known } from './read-person';
import { timelineOf } from './timeline';
import { Timeline } from './timeline-view';
import { VerificationView } from './verification-view';
import { SOURCE_TEXTS, WAITING_TEXTS } from './words';

export const PersonView = (page: PersonPage) => {
  const { person, path, verified, failure, profilePages } = page;
  const { known } = person;
  return (
    <>
      <Summary {...page} />
      {person.unreadable && (
        <Notice tone="bad">
          The ledger entry cannot be read (<code>ledger_entry_unreadable</code>): a later release wrote it, or
          it is damaged. Use the command of that release, and look at the key in Redis.
        </Notice>
      )}
      {failure && (
        <Notice tone="bad">
          It could not be compared (<code>{failure.code}</code>): <Cut text={failure.message} at={500} />
        </Notice>
      )}
      {verified && <VerificationView {...page} verified={verified} />}
      {known && (
        <>
          <Senders known={known} />
          <Profiles known={known} pages={profilePages} />
        </>
      )}
      <PersonActions {...page} />
      {known && (
        <Timeline
          moments={timelineOf(known.entry, known)}
          origins={known.origins}
          path={path}
          all={page.allMoments}
        />
      )}
    </>
  );
};

const Summary = ({ person, pathOf, revealed }: PersonPage) => {
  const { subject, known, unreadable, others } = person;
  return (
    <section aria-label="Summary">
      <dl>
        <dt>Phone</dt>
        <dd>
          <Phone value={subject.phone} revealed={revealed} /> on {subject.channel}, workspace{' '}
          <Cut text={subject.workspace} />
        </dd>
        <dt>State</dt>
        <dd>{unreadable ? <Badge tone="bad">not readable</Badge> : <State known={known} />}</dd>
        {known && (
          <>
            <dt>Customer.io</dt>
            <dd>
              <Held known={known} />
            </dd>
          </>
        )}
        {others.length > 0 && (
          <>
            <dt>The same number</dt>
            <dd>
              {others.map((other) => (
                <a href={pathOf(other)}>
                  {other.channel}, workspace <Cut text={other.workspace} />
                </a>
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
};

const State = ({ known }: { readonly known: Known | undefined }) => {
  if (!known) return <>The ledger has no entry of this phone.</>;
  const { now } = known;
  if (!now) return <>It has sent neither STOP nor START.</>;
  const isStopped = now.state === 'stopped';
  return (
    <>
      <Badge tone={isStopped ? 'warn' : 'good'}>{isStopped ? 'opted out' : 'opted in'}</Badge> since{' '}
      <Time at={now.since} />: {now.reasons.map((reason) => REASON_TEXTS[reason]).join('; ')}
    </>
  );
};

/** Which version Customer.io and the optional destinations hold, and why a later one waits. */
const Held = ({ known: { entry, waiting, destinations } }: { readonly known: Known }) => (
  <>
    {entry.version === 0
      ? 'Holds no version of it and needs none.'
      : `Holds version ${String(entry.appliedVersion)} of ${String(entry.version)}.`}{' '}
    {waiting && (
      <>
        <Badge tone={waiting.kind === 'dead_lettered' || waiting.kind === 'failing' ? 'bad' : 'warn'}>
          The latest waits
        </Badge>
        : {WAITING_TEXTS[waiting.kind]}
      </>
    )}
    {waiting?.kind === 'failing' && (
      <>
        {' '}
        <code>{waiting.code}</code> at <Time at={waiting.failedAt} />
      </>
    )}
    {waiting?.kind === 'dead_lettered' &&
      waiting.ids.map((id) => (
        <>
          {' '}
          <a href={`/dead-letters/${inPath(id)}`}>{id}</a>
        </>
      ))}
    <br />
    Last written <Time at={entry.writtenAt} />, last compared <Time at={entry.readAt} />.
    {destinations.map(({ name, appliedVersion, isQueued }) => (
      <>
        <br />
        {name}: version {appliedVersion} of {entry.version}
        {isQueued && ', a job of it is pending'}
      </>
    ))}
  </>
);

const Senders = ({ known: { entry } }: { readonly known: Known }) => (
  <section aria-labelledby="senders">
    <h2 id="senders">By sender</h2>
    <Table
      caption="The consent with each of your senders"
      empty="No sender has received STOP or START."
      rows={[...entry.senders]}
      columns={[
        { heading: 'sender', cell: ([sender]) => <Cut text={sender} /> },
        {
          heading: 'state',
          cell: ([, { state }]) => (
            <Badge tone={state === 'stopped' ? 'warn' : 'good'}>
              {state === 'stopped' ? 'opted out' : 'opted in'}
            </Badge>
          ),
        },
        { heading: 'since', cell: ([, { since }]) => <Time at={since} /> },
        { heading: 'because', cell: ([, { reason }]) => REASON_TEXTS[reason] },
        { heading: 'by', cell: ([, { source }]) => SOURCE_TEXTS[source] },
      ]}
    />
  </section>
);

const Profiles = ({
  known: { entry },
  pages,
}: {
  readonly known: Known;
  readonly pages: string | undefined;
}) => (
  <section aria-labelledby="profiles">
    <h2 id="profiles">Profiles in Customer.io</h2>
    {entry.people.length === 0 ? (
      <p class="empty">The present version was written to nobody.</p>
    ) : (
      <p>
        Version {entry.appliedVersion} was written to {entry.people.length}{' '}
        {entry.people.length === 1 ? 'person' : 'people'} (cio_id):{' '}
        <CioIds ids={entry.people} pages={pages} />
      </p>
    )}
  </section>
);
