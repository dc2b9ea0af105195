import { ERROR_CODES, withoutPhones } from '@optout-sync/shared/domain';
import type { DeadLetter, ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { mayDo, type Role } from '../../http/route';
import { Cut } from '../../views/cut';
import { ActionForm, DocsLink } from '../../views/form';
import { Notice } from '../../views/notice';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { factsOf } from './facts';
import { Undone } from './undone';

interface InspectProps {
  readonly listed: ListedDeadLetter;
  readonly role: Role;
  readonly csrf: string;
  /** The stored content, whole phones included: for the support that asked for it. */
  readonly revealed?: string;
}

/** How much of an error message or of a revealed content is put into the page, in characters. */
const MAX_MESSAGE = 1_000;
const MAX_CONTENT = 20_000;

/** One dead letter with each try. */
export const InspectView = ({ listed, role, csrf, revealed }: InspectProps) => {
  const { id, content, run } = listed;
  return (
    <>
      {run !== undefined && (
        <Notice tone="warn">
          The run <a href={`/runs/${run}`}>{run}</a> is replaying it.
        </Notice>
      )}
      <p>
        <Undone content={content} />
      </p>
      <Facts {...listed} />
      <Code code={listed.code} />
      {typeof content === 'string' ? (
        <Unshown content={content} bytes={listed.bytes} />
      ) : (
        <Tries {...content} />
      )}
      {revealed !== undefined && (
        <section aria-labelledby="content">
          <h2 id="content">Stored content</h2>
          <pre tabIndex={0}>
            <Cut text={revealed} at={MAX_CONTENT} />
          </pre>
        </section>
      )}
      {mayDo(role, 'operator') && (
        <p class="buttons">
          <a class="button" href={`/dead-letters/replay?id=${id}`}>
            Preview a replay
          </a>
          <a class="button" href={`/dead-letters/discard?id=${id}`}>
            Preview a discard
          </a>
        </p>
      )}
      {mayDo(role, 'support') && typeof content !== 'string' && revealed === undefined && (
        <details>
          <summary>Show the stored content with whole phones</summary>
          <p>The audit trail records who looked, and why.</p>
          <ActionForm action={`/dead-letters/${id}/reveal`} csrf={csrf} button="Show the stored content" />
        </details>
      )}
    </>
  );
};

const Facts = ({ stage, code, workspace, attempts, lastFailedAt, content }: ListedDeadLetter) => (
  <dl>
    {typeof content !== 'string' &&
      factsOf(content).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>
            <Cut text={value} />
          </dd>
        </>
      ))}
    {typeof content === 'string' && workspace !== undefined && (
      <>
        <dt>workspace</dt>
        <dd>{workspace}</dd>
      </>
    )}
    <dt>failed in</dt>
    <dd>
      <Cut text={stage} />
    </dd>
    <dt>code</dt>
    <dd>
      <Cut text={code} />
    </dd>
    {typeof content !== 'string' && (
      <>
        <dt>error</dt>
        <dd>
          <Cut text={withoutPhones(content.message.slice(0, 2 * MAX_MESSAGE))} at={MAX_MESSAGE} />
        </dd>
        <dt>first failed</dt>
        <dd>
          <Time at={content.firstFailedAt} />
        </dd>
      </>
    )}
    <dt>last failed</dt>
    <dd>
      <Time at={lastFailedAt} />
    </dd>
    <dt>attempts</dt>
    <dd>{attempts}</dd>
  </dl>
);

/** What the code means, and the fix. */
const Code = ({ code }: { readonly code: string }) => {
  const known = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as keyof typeof ERROR_CODES] : undefined;
  return (
    <section aria-labelledby="fix">
      <h2 id="fix">What to do</h2>
      {known ? (
        <p>
          {known.meaning} <b>{known.remedy}</b>
        </p>
      ) : (
        <p>This release does not know the code.</p>
      )}
      <DocsLink page="operations.md#dead-letters">All codes</DocsLink>
    </section>
  );
};

const Unshown = ({
  content,
  bytes,
}: {
  readonly content: 'large' | 'unreadable';
  readonly bytes: number;
}) => (
  <Notice tone="warn">
    {content === 'large'
      ? `It has ${String(bytes)} bytes, more than a page shows.`
      : 'Its stored form cannot be read: it is damaged, or of a newer release. Above is what the index says of it.'}
  </Notice>
);

const Tries = ({ attempts }: DeadLetter) => (
  <section aria-labelledby="tries">
    <h2 id="tries">Every try</h2>
    <Table
      caption="Failed attempts, the oldest first; at most the first and the latest 99 are stored"
      empty="No attempt is stored."
      rows={attempts}
      columns={[
        { heading: 'at', cell: ({ at }) => <Time at={at} /> },
        { heading: 'code', cell: ({ code }) => <Cut text={code} /> },
        { heading: 'status', cell: ({ status }) => status ?? '', numeric: true },
      ]}
    />
  </section>
);
