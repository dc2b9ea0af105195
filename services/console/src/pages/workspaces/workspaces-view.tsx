import { Badge } from '../../views/badge';
import { DocsLink } from '../../views/form';
import { Notice } from '../../views/notice';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import type { WorkspaceOnPage } from './read-workspaces';

/** Every configured workspace. */
export const WorkspacesView = ({
  workspaces,
  workers,
}: {
  readonly workspaces: readonly WorkspaceOnPage[];
  readonly workers: number;
}) => (
  <>
    {workers === 0 && (
      <Notice tone="warn">
        No worker has reported in the last 30 seconds: circuits and budgets are not known.
      </Notice>
    )}
    {workspaces.map((workspace) => (
      <Workspace {...workspace} />
    ))}
  </>
);

const Workspace = ({ name, status, paused, apis, settings }: WorkspaceOnPage) => (
  <section aria-label={`Workspace ${name}`}>
    <h2>{name}</h2>
    {paused && (
      <Notice tone="bad">
        <p>
          Paused: Customer.io rejects its keys or its region. Nothing is lost: its opt-outs wait, and a probe
          every 30 seconds notices when the keys work.
        </p>
        <DocsLink page="runbook.md#workspacepaused">What to do</DocsLink>
      </Notice>
    )}
    <dl>
      <dt>opt-outs that Customer.io does not hold</dt>
      <dd>
        {status?.unapplied.count ?? 0}
        {status?.unapplied.oldest !== undefined && (
          <>
            , the oldest since <Time at={status.unapplied.oldest} />
          </>
        )}
      </dd>
      <dt>drift</dt>
      <dd>
        <a href={`/drift?${new URLSearchParams({ workspace: name }).toString()}`}>
          {status?.drifted ?? 0} people
        </a>
      </dd>
      <dt>last sweep</dt>
      <dd>{sweepText(status?.sweep)}</dd>
    </dl>
    <Apis name={name} apis={apis} />
    <Settings settings={settings} />
  </section>
);

function sweepText(sweep: NonNullable<WorkspaceOnPage['status']>['sweep']) {
  if (sweep === undefined) return 'none yet';
  if (sweep.running)
    return (
      <>
        runs since <Time at={sweep.startedAt} />
      </>
    );
  return (
    <>
      ended <Time at={sweep.endedAt} />
    </>
  );
}

const Apis = ({ name, apis }: Pick<WorkspaceOnPage, 'name' | 'apis'>) => (
  <>
    <h3>APIs</h3>
    <Table
      caption={`APIs of ${name}`}
      empty="No worker reports on its APIs."
      rows={apis}
      columns={[
        { heading: 'API', cell: (api) => api.name },
        {
          heading: 'circuit',
          cell: ({ breaker, workers }) => (
            <Badge tone={breaker === 'closed' ? 'good' : breaker === 'open' ? 'bad' : 'warn'}>
              {breaker === 'closed' ? breaker : `${breaker} at ${String(workers)} workers`}
            </Badge>
          ),
        },
        { heading: 'budget, requests/s', cell: ({ rps }) => rps, numeric: true },
      ]}
    />
  </>
);

const Settings = ({ settings }: Pick<WorkspaceOnPage, 'settings'>) => (
  <details>
    <summary>Settings</summary>
    <dl>
      {Object.entries(settings).map(([setting, value]) =>
        value === undefined ? null : (
          <>
            <dt>{setting}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </>
        ),
      )}
    </dl>
  </details>
);
