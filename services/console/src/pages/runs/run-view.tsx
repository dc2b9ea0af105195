import type { Run } from '@optout-sync/operations';
import { withoutPhones } from '@optout-sync/shared/domain';
import { mayDo, type Role } from '../../http/route';
import { Badge, type Tone } from '../../views/badge';
import { Cut } from '../../views/cut';
import { ActionForm } from '../../views/form';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { scopeText } from './scope-text';

interface RunProps {
  readonly run: Run;
  /** Why dead letters were not replayed, by id. */
  readonly skipReasons: Readonly<Record<string, string>>;
  readonly role: Role;
  readonly csrf: string;
}

/** One run; its progress is live. */
export const RunView = ({ run, skipReasons, role, csrf }: RunProps) => (
  <>
    <p>
      {run.by === '' ? 'By itself' : <Cut text={`By ${withoutPhones(run.by)}`} />}
      {run.why !== '' && (
        <>
          : <Cut text={withoutPhones(run.why)} at={500} />
        </>
      )}
      . <Cut text={scopeText(run)} at={500} />
    </p>
    {run.isOver ? <RunProgress run={run} /> : <LiveRun {...{ run, role, csrf }} />}
    <Kept skipReasons={skipReasons} />
  </>
);

/** Its progress is replaced while it runs, and the cancellation is taken away at its end. */
const LiveRun = ({ run, role, csrf }: Omit<RunProps, 'skipReasons'>) => (
  <div class="live" hx-ext="sse" sse-connect={`/live/runs/${run.id}`} sse-close="over">
    <div sse-swap="progress">
      <RunProgress run={run} />
    </div>
    <noscript>
      <p>Without JavaScript the progress is that of the moment: reload the page.</p>
    </noscript>
    {run.isCancellable && mayDo(role, 'operator') && (
      <section aria-labelledby="cancel" sse-swap="over" hx-swap="outerHTML">
        <h2 id="cancel">Cancel</h2>
        <p>What was done until then stays; the rest stays as it is.</p>
        <ActionForm
          action={`/runs/${run.id}/cancel`}
          csrf={csrf}
          button={`Cancel this ${run.kind}`}
          danger
          runbook={RUNBOOK[run.kind]}
        />
      </section>
    )}
  </div>
);

const RUNBOOK: Readonly<Record<Run['kind'], string>> = {
  replay: 'dead-letters.md#replaying',
  backfill: 'backfill.md',
  import: 'import.md',
  sweep: 'verify.md',
};

const TONES: Readonly<Record<string, Tone>> = {
  waiting: 'warn',
  running: 'warn',
  ending: 'warn',
  finished: 'good',
  ended: 'good',
  lost: 'bad',
  failed: 'bad',
};

export const StateBadge = ({ state }: Pick<Run, 'state'>) => (
  <Badge tone={TONES[state] ?? 'quiet'}>{state}</Badge>
);

/** The part of a run that changes while it runs. */
export const RunProgress = ({ run }: { readonly run: Run }) => {
  const { state, progress, counts, startedAt, endedAt } = run;
  const { done, total, unit } = progress;
  const amount = `${count(done)}${total === undefined ? '' : ` of ${count(total)}`} ${unit}`;
  return (
    <div>
      <p>
        <StateBadge state={state} /> {amount}
        {total !== undefined && (
          <>
            {' '}
            <progress value={Math.min(done, total)} max={Math.max(total, 1)} aria-label="Progress" />
          </>
        )}
      </p>
      <dl>
        <dt>started</dt>
        <dd>
          <Time at={startedAt} />
        </dd>
        {endedAt !== undefined && (
          <>
            <dt>ended</dt>
            <dd>
              <Time at={endedAt} />
            </dd>
          </>
        )}
        {Object.entries(counts)
          .slice(0, 40)
          .map(([name, n]) => (
            <>
              <dt>
                <Cut text={name} at={60} />
              </dt>
              <dd>{count(n)}</dd>
            </>
          ))}
      </dl>
      {state === 'waiting' && <p>No worker has started it yet. If this lasts, no worker is running.</p>}
      {state === 'lost' && (
        <p>Its process ended without saying so. It can be repeated: what was done is skipped.</p>
      )}
    </div>
  );
};

const count = (n: number): string => n.toLocaleString('en-US');

const Kept = ({ skipReasons }: Pick<RunProps, 'skipReasons'>) => {
  const rows = Object.entries(skipReasons);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="kept">
      <h2 id="kept">Not replayed</h2>
      <Table
        caption="Dead letters that cannot be replayed and stay, 1,000 at most"
        empty=""
        rows={rows}
        columns={[
          {
            heading: 'dead letter',
            cell: ([id]) => <a href={`/dead-letters/${encodeURIComponent(id)}`}>{id}</a>,
          },
          { heading: 'why', cell: ([, reason]) => <Cut text={withoutPhones(reason)} /> },
        ]}
      />
    </section>
  );
};
