import { RUN_KINDS, type Run, type RunKind } from '@optout-sync/operations';
import { withoutPhones } from '@optout-sync/shared/domain';
import { Cut } from '../../views/cut';
import { Pager } from '../../views/pager';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { StateBadge } from './run-view';
import { scopeText } from './scope-text';

interface RunsProps {
  readonly runs: readonly Run[];
  readonly next: string | undefined;
  readonly kind: RunKind | undefined;
  readonly query: URLSearchParams;
}

/** The long jobs of all kinds, the latest first. */
export const RunsView = ({ runs, next, kind, query }: RunsProps) => (
  <>
    <p class="kinds">
      {[undefined, ...RUN_KINDS].map((one) => (
        <>
          <a
            href={one === undefined ? '/runs' : `/runs?kind=${one}`}
            aria-current={one === kind ? 'page' : undefined}
          >
            {one ?? 'all'}
          </a>{' '}
        </>
      ))}
    </p>
    <Table
      caption="Runs, the latest first"
      empty="No runs."
      rows={runs}
      columns={[
        { heading: 'run', cell: ({ id }) => <a href={`/runs/${encodeURIComponent(id)}`}>{id}</a> },
        { heading: 'kind', cell: (run) => run.kind },
        { heading: 'state', cell: ({ state }) => <StateBadge state={state} /> },
        { heading: 'started', cell: ({ startedAt }) => <Time at={startedAt} /> },
        { heading: 'done', cell: ({ progress }) => progress.done.toLocaleString('en-US'), numeric: true },
        {
          heading: 'of',
          cell: ({ progress }) => progress.total?.toLocaleString('en-US') ?? '',
          numeric: true,
        },
        { heading: 'by', cell: ({ by }) => <Cut text={withoutPhones(by)} at={60} /> },
        { heading: 'what', cell: (run) => <Cut text={scopeText(run)} at={120} /> },
      ]}
    />
    <Pager path="/runs" query={query} next={next} />
  </>
);
